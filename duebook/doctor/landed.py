"""The landed files against what was loaded from them: each by the hash that was recorded then.

Not here: the rows they brought (databases.py), files that can't be loaded (`duebook check-landing`).
"""

from collections.abc import Mapping, Sequence

import duckdb

from duebook.contract import read_contract
from duebook.database_files import DamagedFileError, FileInUseError
from duebook.doctor.databases import BusyError, between_refreshes
from duebook.doctor.findings import Finding, Part, note
from duebook.landing.arrivals import arrivals, is_as_loaded
from duebook.landing.files import LandedFile, LandingError, survey
from duebook.landing.registry import LoadedFile, recorded_files
from duebook.landing.unpacking import Limits
from duebook.settings import Settings
from duebook.words import counted

NAME = "landed files"
REPLACED = "The next refresh loads it as a new file: if nobody replaced it on purpose, put back first what was loaded."


def landed_files(settings: Settings) -> Part:
    """Hash every landed file, and compare it with the file that was loaded under its name."""
    try:
        with between_refreshes(settings, settings.landed_file) as con:
            _, held = recorded_files(con)
    except BusyError as busy:
        return Part(NAME, str(busy), was_looked_at=False)
    except (duckdb.Error, DamagedFileError, FileInUseError, OSError):
        # Why, the part of the landed rows says.
        return Part(NAME, f"no hashes to compare with: {settings.landed_file} can't be read", was_looked_at=False)
    try:
        found = survey(settings.landing, read_contract(), lambda line: None, is_whole=False)
    except LandingError as error:
        name_it = "Name the folder the home is loaded from (LANDING)."
        return Part(NAME, str(settings.landing), (Finding(str(error), name_it),))
    limits = Limits.of(settings)
    same, others, unreadable = _compared(found.files, held, limits)
    # Of what isn't as loaded, some may be renamed.
    moved = arrivals(others, {name: one for name, one in held.items() if name not in same}, limits)
    new = [file.name for file in moved.new if file.name not in held]
    replaced = [file.name for file in moved.new if file.name in held]
    if held and not same and not moved.renamed:
        said = f"{settings.landing} has none of the {counted(len(held), 'file')} that were loaded into {settings.home}"
        to_do = "Name the folder they were loaded from (LANDING); if it is this one, put them back."
        return Part(NAME, str(settings.landing), (Finding(said, to_do),))
    looked_at = f"{counted(len(same), 'file')} of {settings.landing} as loaded"
    looked_at += f", {len(moved.renamed):,} renamed" if moved.renamed else ""
    looked_at += f", {len(new):,} that the next refresh loads" if new else ""
    findings = [Finding(said, "Mend it, or put it back.") for said in (*found.faults, *unreadable.values())]
    findings += [Finding(f"{name} isn't the file that was loaded under that name", REPLACED) for name in replaced]
    if gone := [name for name in moved.gone if name not in unreadable]:
        said = f"{counted(len(gone), 'loaded file')} no longer in {settings.landing}, such as {gone[0]}"
        findings.append(note(said, "Their rows stay. Should the home be lost, only its backup has them."))
    return Part(NAME, looked_at, tuple(findings))


def _compared(
    files: Sequence[LandedFile], held: Mapping[str, LoadedFile], limits: Limits
) -> tuple[set[str], list[LandedFile], dict[str, str]]:
    """Name the files that are as loaded; return those that aren't; and of those that can't be read say why."""
    same: set[str] = set()
    others: list[LandedFile] = []
    unreadable: dict[str, str] = {}
    for file in files:
        try:
            if file.name in held and is_as_loaded(file, held[file.name], limits):
                same.add(file.name)
            else:
                file.state()
                others.append(file)
        except LandingError as error:
            unreadable[file.name] = str(error)
    return same, others, unreadable
