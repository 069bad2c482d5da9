"""Which landed files are to be loaded: told from those loaded before by what each name held last.

A file is what its name held last. Content that has left its name and stands under another is a rename, and nothing of
it is loaded. Content beside its old name, or back under a name that held something else since, has been landed again.

Here: comparing names and content. Not here: what was loaded (``registry``), reading a file's rows (``reading``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestration.defs.ingestion.contract import Contract
from orchestration.defs.ingestion.files import LandedFile, LandingError
from orchestration.defs.ingestion.registry import LoadedFile, Renamed
from orchestration.settings import Settings


@dataclass(frozen=True)
class Arrivals:
    """What a landing holds that its names didn't hold before.

    ``new`` files are to be loaded, in the order of the list they were found in; ``renamed`` ones are not; ``gone`` are
    the names that held a file and are there no more, under no other name either.
    """

    new: list[LandedFile]
    renamed: list[Renamed]
    gone: list[str]


def arrivals(files: Sequence[LandedFile], held: Mapping[str, LoadedFile]) -> Arrivals:
    """Compare what is landed with what each name held last.

    Raises:
        LandingError: a file can't be read.
    """
    hashes = {file.name: file.content_hash() for file in files if file.name in held}
    # Content that is no longer under its name: what else has come may be it, under another name.
    moved: dict[tuple[str, str], list[LoadedFile]] = {}
    for name, loaded in held.items():
        if hashes.get(name) != loaded.content_hash:
            moved.setdefault((loaded.table, loaded.content_hash), []).append(loaded)
    tables = {table for table, _ in moved}
    new, renamed = [], []
    for file in files:
        if file.name in held and hashes[file.name] == held[file.name].content_hash:
            continue
        # Without anything that has moved, what is new needn't be read once more to know it.
        content = hashes.get(file.name) or (file.content_hash() if file.table.name in tables else "")
        if candidates := moved.get((file.table.name, content)):
            renamed.append(Renamed(candidates.pop(0), file.table, file.name))
        else:
            new.append(file)
    here, before = {file.name for file in files}, {rename.loaded.name for rename in renamed}
    return Arrivals(new, renamed, sorted(held.keys() - here - before))


def refuse_a_landing_without_its_files(
    settings: Settings,
    contract: Contract,
    files: Sequence[LandedFile],
    held: Mapping[str, LoadedFile],
    gone: Sequence[str],
) -> None:
    """Files only ever get added: where all are gone, or all of a table, that is no landing to go on with.

    Raises:
        LandingError: none of the files loaded is there, or a table that had files has none.
    """
    if gone and len(gone) == len(held):
        raise LandingError(
            f"{settings.home} was loaded from another landing than {settings.landing}, which has none of its "
            f"{len(gone)} files: set DUEBOOK_HOME to a folder of its own"
        )
    there = {file.table.name for file in files}
    emptied = [name for name in gone if held[name].table not in there]
    if emptied:
        table = contract.table(held[emptied[0]].table)
        ours = [name for name in emptied if held[name].table == table.name]
        raise LandingError(
            f"{settings.landing / table.domain / table.name} holds none of the {len(ours)} files of {table.name} that "
            f"were loaded from it, such as {ours[-1]}: files only ever get added. Is all of the landing there? Put "
            "them back; where they were taken away on purpose, one of them will do, or a file with nothing but a "
            "header (the rows loaded before stay)"
        )


def repetitions(
    files: Sequence[tuple[str, str, str]], contents: Mapping[tuple[str, str], str]
) -> list[tuple[str, str]]:
    """Name the files that repeat what another brought, each with that other.

    Args:
        files: name, table and content hash of every file that is loaded now, in their order.
        contents: the name last known for every content loaded before, by table and content hash.
    """
    known, repeated = dict(contents), []
    for name, table, content in files:
        if (table, content) in known:
            repeated.append((name, known[table, content]))
        known[table, content] = name
    return repeated
