"""Which landed files are to be loaded: told from those loaded before by what each name held last.

A file is what its name held last. Content that has left its name and stands under another is a rename, and nothing of
it is loaded; packing a file with gzip, or unpacking it, is no more than that. Content beside its old name, or back
under a name that held something else since, has been landed again.

Here: comparing names and content. Not here: what was loaded (``registry``), reading a file's rows (``reading``).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from duebook.contract import Contract
from duebook.landing.files import Content, LandedFile, LandingError
from duebook.landing.registry import LoadedFile, Renamed
from duebook.landing.unpacking import UNLIMITED, Limits, unpacked_hash
from duebook.settings import Settings


@dataclass(frozen=True)
class Arrivals:
    """What a landing holds that its names didn't hold before.

    ``new`` files are to be loaded, in the order of the list they were found in; ``renamed`` ones are not; ``gone`` are
    the names that held a file and are there no more, under no other name either.
    """

    new: list[LandedFile]
    renamed: list[Renamed]
    gone: list[str]


def arrivals(files: Sequence[LandedFile], held: Mapping[str, LoadedFile], limits: Limits = UNLIMITED) -> Arrivals:
    """Compare what is landed with what each name held last.

    Args:
        files: what is landed.
        held: what each name held last.
        limits: how large a packed file may be for its content to be looked at.

    Raises:
        LandingError: a file can't be read.
    """
    same = {file.name for file in files if file.name in held and _is_same(file, held[file.name], limits)}
    # Content that is no longer under its name: what else has come may be it, under another name.
    moved: dict[Content, list[LoadedFile]] = {}
    for name, loaded in held.items():
        if name not in same:
            moved.setdefault(loaded.content, []).append(loaded)
    kinds = {(table, kind) for table, kind, _ in moved}
    new, renamed = [], []
    for file in files:
        if file.name in same:
            continue
        # Without anything that has moved, what is new needn't be read once more to know it.
        contents = _contents(file, limits) if (file.table.name, file.kind) in kinds else ()
        if candidates := next(filter(None, map(moved.get, contents)), None):
            renamed.append(Renamed(candidates.pop(0), file.table, file.name))
        else:
            new.append(file)
    here, before = {file.name for file in files}, {rename.loaded.name for rename in renamed}
    return Arrivals(new, renamed, sorted(held.keys() - here - before))


def _is_same(file: LandedFile, loaded: LoadedFile, limits: Limits) -> bool:
    """Whether a name holds what it held last; packing it once more changes nothing."""
    if file.content_hash() == loaded.content_hash:
        return True
    return file.is_packed and unpacked_hash(file, limits) == loaded.unpacked_hash


def _contents(file: LandedFile, limits: Limits) -> Iterator[Content]:
    """What a file's content may be known by, first as it is unpacked; 0.1.0 knew packed files as they lay."""
    for known in (unpacked_hash(file, limits), file.content_hash() if file.is_packed else None):
        if known:
            yield file.table.name, file.kind, known


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
    files: Sequence[tuple[str, Sequence[Content]]], contents: Mapping[Content, str]
) -> list[tuple[str, str]]:
    """Name the files that repeat what another brought, each with that other.

    Args:
        files: name of every file that is loaded now, in their order, and what its content may be known by.
        contents: the name last known for every content loaded before.
    """
    known, repeated = dict(contents), []
    for name, its in files:
        if other := next(filter(None, map(known.get, its)), None):
            repeated.append((name, other))
        known[its[0]] = name
    return repeated
