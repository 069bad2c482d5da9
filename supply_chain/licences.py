"""The licence of each dependency, and whether it may have it.

Here: what a package's metadata says, in SPDX's terms, and the policy of licences.yml. Not here: which packages there
are (locks.py), the page that lists them (catalogue/licences.py).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

import yaml
from license_expression import AND, ExpressionError, LicenseExpression, get_spdx_licensing

POLICY = Path(__file__).with_name("licences.yml")
_POLICY_NAMED = f"{POLICY.parent.name}/{POLICY.name}"


class LicenceError(ValueError):
    """Packages have a licence that isn't allowed, or none that is known; the message has a line for each."""


@dataclass(frozen=True)
class Policy:
    """What licences.yml says."""

    allowed: frozenset[str]
    exceptions: Mapping[str, Mapping[str, str]]
    declared: Mapping[str, str]
    means: Mapping[str, str]


def read_policy(file: Path = POLICY) -> Policy:
    """Read licences.yml."""
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    return Policy(frozenset(content["allowed"]), content["exceptions"], content["declared"], content["means"])


def licences_of(names: Iterable[str], policy: Policy) -> dict[str, str]:
    """The licence of each package, as an SPDX expression.

    Raises:
        LicenceError: nobody knows the licence of some, or it is none they may have.
    """
    found = {name: policy.declared.get(name) or from_metadata(name, policy) for name in names}
    wrong = [
        f"{name}: {why}" for name, licence in sorted(found.items()) if (why := what_is_wrong(name, licence, policy))
    ]
    if wrong:
        raise LicenceError("\n".join(wrong))
    return {name: licence for name, licence in found.items() if licence}


def from_metadata(name: str, policy: Policy) -> str | None:
    """The licence an installed package says it has; None where it isn't installed, says none, or leaves it open."""
    try:
        said = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return None
    return licence_said(said.get("License-Expression"), said.get("License"), said.get_all("Classifier", []), policy)


def licence_said(expression: str | None, text: str | None, classifiers: Iterable[str], policy: Policy) -> str | None:
    """The licence that three fields of a package's metadata say, the newest of them first.

    A classifier counts where it is the only one of a licence: of two nobody says whether both hold, or one by choice.
    """
    for words in (expression, text):
        licence = policy.means.get((words or "").strip(), (words or "").strip())
        if licence and _is_spdx(licence):
            return licence
    of_licences = [one for one in classifiers if one.startswith("License ::")]
    return policy.means.get(of_licences[0]) if len(of_licences) == 1 else None


def what_is_wrong(name: str, licence: str | None, policy: Policy) -> str:
    """Why a package may not have this licence, and what to do; nothing where it may."""
    if not licence:
        return f"its metadata name no licence. Read its licence file, and write it under `declared` in {_POLICY_NAMED}"
    if not _is_spdx(licence):
        return f"{licence!r} is no licence of SPDX. Write the id it has there in {_POLICY_NAMED}"
    accepted = policy.exceptions.get(name, {}).get("licence")
    if accepted == licence or is_allowed(licence, policy.allowed):
        return ""
    if accepted:
        return f"it was accepted with the licence {accepted}, and now has {licence}. Decide again, in {_POLICY_NAMED}"
    return f"{licence} isn't allowed. Leave it out, or name it with a reason under `exceptions` in {_POLICY_NAMED}"


def is_allowed(licence: str, allowed: frozenset[str]) -> bool:
    """Whether an SPDX expression holds with allowed licences alone: all of an `and`, one of an `or`."""
    return _holds(_parsed(licence), allowed)


def _holds(parsed: LicenseExpression, allowed: frozenset[str]) -> bool:
    if not parsed.args:
        return str(parsed) in allowed
    parts = (_holds(part, allowed) for part in parsed.args)
    return all(parts) if isinstance(parsed, AND) else any(parts)


def _is_spdx(licence: str) -> bool:
    try:
        return _parsed(licence) is not None
    except ExpressionError:
        return False


@cache
def _parsed(licence: str) -> LicenseExpression:
    return _spdx().parse(licence, validate=True)


# Reading SPDX's list takes half a second.
_spdx = cache(get_spdx_licensing)
