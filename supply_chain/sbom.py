"""The SBOM: all packages of the locks in CycloneDX's format, the same bytes for the same locks.

Here: what is said of each package, and in which field. Not here: which packages there are (locks.py), their licences
(licences.py).
"""

import json
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.contrib.hash.factories import HashTypeFactory
from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import ExternalReference, ExternalReferenceType, Property, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.model.license import LicenseAcknowledgement
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from supply_chain.licences import licences_of, read_policy
from supply_chain.locks import (
    DEVELOPMENT,
    LOCK,
    POSTGRES,
    PRODUCT,
    Package,
    packages,
    project,
    required_directly,
    requires,
)

_INDENT = 2


def sbom() -> str:
    """Write the SBOM.

    Raises:
        LicenceError: a package has a licence that isn't allowed, or that nobody knows.
        NotInstalledError: a package of the lock isn't installed.
    """
    listed = packages()
    licences = licences_of({one.name for one in listed}, read_policy())
    components = {one: _component(one, licences[one.name]) for one in listed}
    duebook = _duebook()
    number = uuid5(NAMESPACE_URL, repr((project()["project"]["version"], listed)))
    bom = Bom(components=components.values(), serial_number=number)
    bom.metadata.component = duebook
    # What others require is known where they are installed, and those that few install aren't everywhere.
    of_lock = {one.name: one for one in listed if LOCK in one.locks}
    direct = required_directly(project())
    wanted = direct[PRODUCT] | direct[POSTGRES] | direct[DEVELOPMENT]
    bom.register_dependency(duebook, [components[of_lock[name]] for name in sorted(wanted)])
    for name, one in of_lock.items():
        required = requires(name, one.extras) & of_lock.keys()
        bom.register_dependency(components[one], [components[of_lock[other]] for other in sorted(required)])
    written = json.loads(JsonV1Dot6(bom).output_as_string())
    # It would be the time of the writing, and the same locks give the same SBOM.
    del written["metadata"]["timestamp"]
    # To the library a package of which nothing is said requires nothing; in the format such a package isn't named here.
    known = {duebook.bom_ref.value, *(components[one].bom_ref.value for one in of_lock.values())}
    written["dependencies"] = [one for one in written["dependencies"] if one["ref"] in known]
    return json.dumps(written, indent=_INDENT) + "\n"


def _duebook() -> Component:
    about = project()["project"]
    return Component(
        name=about["name"],
        version=about["version"],
        description=about["description"],
        type=ComponentType.APPLICATION,
        licenses=[LicenseFactory().make_from_string(about["license"])],
        bom_ref=about["name"],
    )


def _component(package: Package, licence: str) -> Component:
    purl = PackageURL("pypi", name=package.name, version=package.version)
    acknowledged = LicenseAcknowledgement.DECLARED
    return Component(
        name=package.name,
        version=package.version,
        type=ComponentType.LIBRARY,
        scope=_scope(package),
        purl=purl,
        bom_ref=str(purl),
        licenses=[LicenseFactory().make_from_string(licence, license_acknowledgement=acknowledged)],
        # Those of all its files: which of them is installed depends on the machine. A file's address is left out: it is
        # that of the registry the machine installs from.
        external_references=[
            ExternalReference(
                type=ExternalReferenceType.DISTRIBUTION,
                url=XsUri(str(purl)),
                comment="the files the lock allows; one of them is installed",
                hashes=[HashTypeFactory().from_composite_str(one) for one in package.hashes],
            )
        ],
        properties=[
            *(Property(name="duebook:lock", value=lock) for lock in package.locks),
            *(Property(name="duebook:needed-for", value=need) for need in package.needed_for),
        ],
    )


def _scope(package: Package) -> ComponentScope:
    """What Duebook runs with, what it runs with where somebody wants it, and what never runs with it."""
    if PRODUCT in package.needed_for:
        return ComponentScope.REQUIRED
    by_choice = {POSTGRES, "adapters", "spark"} & {*package.needed_for}
    return ComponentScope.OPTIONAL if by_choice else ComponentScope.EXCLUDED
