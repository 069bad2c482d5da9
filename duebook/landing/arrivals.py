"""Which landed files are new and must be loaded.

For each file name, the content that it had at the last load is known. A file that still has this content isn't loaded
again. Content that is gone from its old name and found under a new one is a rename: nothing of it is loaded. Packing a
file with gzip, or unpacking it, counts as a rename, too. If the old file still has the same content, or if the name had
other content in between, the file counts as landed again, and is loaded.

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
    """What has changed in a landing since the last load.

    ``new`` files must be loaded, in the order in which they were listed; ``renamed`` files are not loaded; ``gone`` are
    the names of loaded files that no longer exist, under no other name either.
    """

    new: list[LandedFile]
    renamed: list[Renamed]
    gone: list[str]


def arrivals(files: Sequence[LandedFile], held: Mapping[str, LoadedFile], limits: Limits = UNLIMITED) -> Arrivals:
    """Compare the landed files with those loaded before.

    Args:
        files: the landed files.
        held: for each name, the file that was loaded last under it.
        limits: how large a packed file may be; the content of a larger one isn't compared.

    Raises:
        LandingError: a file can't be read.
    """
    same = {file.name for file in files if file.name in held and is_as_loaded(file, held[file.name], limits)}
    # Content that is no longer under its name: a new file may have it.
    moved: dict[Content, list[LoadedFile]] = {}
    for name, loaded in held.items():
        if name not in same:
            moved.setdefault(loaded.content, []).append(loaded)
    kinds = {(table, kind) for table, kind, _ in moved}
    new, renamed = [], []
    for file in files:
        if file.name in same:
            continue
        # If no loaded file is missing, a new file can't be a rename, and needn't be read for that.
        contents = _contents(file, limits) if (file.table.name, file.kind) in kinds else ()
        if candidates := next(filter(None, map(moved.get, contents)), None):
            renamed.append(Renamed(candidates.pop(0), file.table, file.name))
        else:
            new.append(file)
    here, before = {file.name for file in files}, {rename.loaded.name for rename in renamed}
    return Arrivals(new, renamed, sorted(held.keys() - here - before))


def is_as_loaded(file: LandedFile, loaded: LoadedFile, limits: Limits) -> bool:
    """Return whether a file has the content it had at the last load; packing it again doesn't change the content.

    Raises:
        LandingError: the file can't be read.
    """
    if file.content_hash() == loaded.content_hash:
        return True
    return file.is_packed and unpacked_hash(file, limits) == loaded.unpacked_hash


def _contents(file: LandedFile, limits: Limits) -> Iterator[Content]:
    """Yield the hashes a file's content may be known by: unpacked first; version 0.1.0 only hashed the packed file."""
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
    """Refuse a landing from which all loaded files are gone, or all of one table: landed files are never removed.

    Raises:
        LandingError: none of the loaded files is left, or a table that had files has none.
    """
    if gone and len(gone) == len(held):
        raise LandingError(
            f"{settings.home} was loaded from another landing: {settings.landing} has none of its {len(gone)} files. "
            "Set DUEBOOK_HOME to another folder"
        )
    there = {file.table.name for file in files}
    emptied = [name for name in gone if held[name].table not in there]
    if emptied:
        table = contract.table(held[emptied[0]].table)
        ours = [name for name in emptied if held[name].table == table.name]
        raise LandingError(
            f"{settings.landing / table.domain / table.name} has none of the {len(ours)} files of {table.name} that "
            f"were loaded from it, such as {ours[-1]}: landed files must stay. Is the whole landing there? Put the "
            "files back. If they were removed on purpose, put back one of them, or a file with only a header line "
            "(the rows loaded before stay)"
        )


def repetitions(
    files: Sequence[tuple[str, Sequence[Content]]], contents: Mapping[Content, str]
) -> list[tuple[str, str]]:
    """Return the files whose content was loaded before, each with the name of the earlier file.

    Args:
        files: for every file loaded now, in their order: its name, and the hashes its content may be known by.
        contents: for all content loaded before: the last name of its file.
    """
    known, repeated = dict(contents), []
    for name, its in files:
        if other := next(filter(None, map(known.get, its)), None):
            repeated.append((name, other))
        known[its[0]] = name
    return repeated
