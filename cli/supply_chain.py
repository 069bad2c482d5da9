"""The commands about what Duebook is installed from: sbom, audit.

Here: what they take, and what is printed. Not here: what an SBOM has, and which versions are affected (supply_chain).
"""

import textwrap
from pathlib import Path
from typing import Annotated

import typer

from cli.exit_codes import CommandError, ExitCode
from duebook.words import counted

# Enough of an advisory to know whether to read it.
_WIDTH = 160


def run_sbom(
    output: Annotated[Path | None, typer.Option(help="Where to write it; printed without it.")] = None,
) -> None:
    """CycloneDX (JSON) of every package in the locks: version, hashes, licence, what it is needed for and what it
    requires. The same locks give the same bytes.
    """
    # Imported here: what writes an SBOM is installed for tests and tools, and an audit doesn't need it.
    from supply_chain.licences import LicenceError
    from supply_chain.locks import NotInstalledError
    from supply_chain.sbom import sbom

    try:
        text = sbom()
    except (LicenceError, NotInstalledError) as error:
        raise CommandError(error) from None
    if output is None:
        print(text, end="")
        return
    output = output.expanduser()
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{output} can't be written: {error.strerror}.") from None
    print(f"SBOM: {output}")


def run_audit(
    advisories: Annotated[
        Path | None, typer.Option(help="A database of advisories that was downloaded: a folder, or a zip file.")
    ] = None,
) -> ExitCode:
    """Holds every version in the locks against the advisories of a database in OSV's format. Nothing is asked of the
    network. Ends with 1 where a version has a known vulnerability.
    """
    from supply_chain.advisories import AdvisoriesError, findings, read_advisories
    from supply_chain.locks import NotInstalledError, packages

    if advisories is None:
        raise CommandError(
            "Nothing was audited: no database of advisories is named, and none is asked for over the network. Download "
            "one and name it (make audit ADVISORIES=folder); docs/guide/supply_chain.md says where there are some.",
            ExitCode.USAGE,
        )
    try:
        listed = packages()
        known = read_advisories(advisories.expanduser(), {one.name for one in listed})
    except AdvisoriesError as error:
        raise CommandError(f"Nothing was audited: {error}.", ExitCode.USAGE) from None
    except NotInstalledError as error:
        raise CommandError(error) from None
    found = findings(listed, known)
    number = f"{known.count:,} {'advisory' if known.count == 1 else 'advisories'}"
    print(
        f"Audited: {counted(len(listed), 'version')} in the locks, by {number} about Python packages "
        f"in {advisories}, the newest changed {known.newest}."
    )
    if not found:
        print("None of them has a known vulnerability.")
        return ExitCode.DONE
    for finding in found:
        package, summary = finding.package, textwrap.shorten(finding.summary, _WIDTH, placeholder=" ...")
        fixed = ", ".join(finding.fixed_in)
        print(f"\n{package.name} {package.version}, in {', '.join(package.locks)} ({', '.join(package.needed_for)})")
        print(f"  {', '.join(finding.names)}: {summary}")
        print(f"  fixed in {fixed}" if fixed else "  no version is named that fixes it")
    return ExitCode.FAILED
