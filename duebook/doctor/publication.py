"""A publication against its record: the DuckDB file, the Parquet files and the dashboard, and nothing else beside them.

Rows are compared by the fingerprints that were recorded when they were written, so that a changed number is found
whatever size and time its file has. Not here: whether the figures add up (identities.py).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from duebook.doctor.findings import Finding, Part, note
from duebook.home import published_folders, publishing_again, writer_of
from duebook.landing.opened import glob
from duebook.publication.large_marts import large_marts
from duebook.publication.parquet import as_recorded, rows_and_total, shape_of
from duebook.publication.publish import PARQUET_LINK
from duebook.publication.reader import Published, UnreadableError, reading
from duebook.publication.record import RECORD_NAME, Publication, read_publication, size_and_time
from duebook.publication.site_swap import INDEX
from duebook.settings import MARTS_SCHEMA, Settings
from duebook.sql_text import identifier
from duebook.words import counted

PUBLICATION = "publication"
# What a browser loads with the page.
_LOADED = re.compile(r'(?:src|href)="([^":]+\.(?:js|css))"')
Columns = list[tuple[str, str]]


def publications(settings: Settings) -> Iterator[Part]:
    """Compare the current publication, and each of a past day, with its record."""
    of_current = "`make publish`, with the settings of the refresh, publishes again what the warehouse holds; if it "
    of_current += f"refuses, put {settings.published_dir} back from the last backup."
    if settings.published_dir.exists():
        yield _part(PUBLICATION, settings.published_dir, settings, of_current)
    for folder in published_folders(settings)[1:]:
        again = f"{publishing_again(folder)} publishes it again."
        yield _part(f"{PUBLICATION} of {folder.name.replace('_', ' ')}", folder, settings, again)


def _part(name: str, folder: Path, settings: Settings, again: str) -> Part:
    record = read_publication(folder)
    if record is None:
        if not (folder / settings.published_file.name).exists():
            return Part(name, f"nothing is published in {folder}")
        said = f"{folder / RECORD_NAME}, its record, is gone or makes no sense"
        return Part(name, "nothing to compare it with", (Finding(said, again),))
    if not (folder / record.database).exists():
        return Part(name, f"the record of {record.as_of}", (Finding(f"{folder / record.database} is gone", again),))
    compared = _Comparison(folder, record, again, is_busy=writer_of(settings) is not None)
    compared.database()
    compared.parquet()
    compared.dashboard(folder / settings.dashboard_dir.name)
    if read_publication(folder) != record:
        return Part(name, "it was published again while it was looked at: ask again", was_looked_at=False)
    rows = f"{sum(record.row_counts.values()):,} rows of {counted(len(record.row_counts), 'mart')}"
    looked_at = f"{rows} for {record.as_of}, {counted(len(record.parquet_files), 'Parquet file')}, the dashboard"
    return Part(name, looked_at, tuple(compared.findings))


@dataclass
class _Comparison:
    """One publication, and what was found of it so far; the columns of its marts once they have been read."""

    folder: Path
    record: Publication
    again: str
    is_busy: bool
    findings: list[Finding] = field(default_factory=list)
    _columns: dict[str, Columns] = field(default_factory=dict)
    _hashes_alike: bool = True

    def wrong(self, said: str, to_do: str = "") -> None:
        """Something is wrong."""
        self.findings.append(Finding(said, to_do or self.again))

    def database(self) -> None:
        """Compare the rows of every mart in the DuckDB file."""
        file = self.folder / self.record.database
        before = len(self.findings)
        try:
            with reading(file) as published:
                self._marts(published, file)
        except UnreadableError as error:
            self.wrong(str(error))
        except duckdb.Error as error:
            self.wrong(f"{file} is damaged: {' '.join(str(error).split())}")
        if len(self.findings) == before and self.record.left_as not in (None, size_and_time(file)):
            said = f"{file} has another size or time than when it was published, and the same rows"
            self.findings.append(note(said, "A copy put back looks like this. The next publication replaces it."))

    def _marts(self, published: Published, file: Path) -> None:
        views = large_marts(published.connection, file.stem, MARTS_SCHEMA)
        fingerprints = self._by_mart()
        for mart in self.record.row_counts:
            if not published.has(mart):
                self.wrong(f"{file} has no mart {mart}, which was published")
                continue
            described = published.rows(f"select column_name, column_type from (describe {{marts}}.{identifier(mart)})")
            self._columns[mart] = [(name, kind) for name, kind in described]
        shapes = {mart: str(shape_of(published.connection, columns)) for mart, columns in self._columns.items()}
        # Of an older Duebook there are none; of another DuckDB they can't be compared with.
        self._hashes_alike = any(fingerprints.get(mart, [""])[0].split()[:1] == [shapes[mart]] for mart in shapes)
        if fingerprints and not self._hashes_alike:
            said = f"{file} was published with another version of DuckDB: its rows were counted, and not compared"
            self.findings.append(note(said, "From the next publication on they are compared."))
        for mart, columns in self._columns.items():
            # The rows of a view are those of its Parquet files.
            if mart in views:
                continue
            rows, total = rows_and_total(published.connection, f"{MARTS_SCHEMA}.{identifier(mart)}", columns)
            if rows != self.record.row_counts[mart]:
                self.wrong(f"{file}: {mart} has {rows:,} rows, and {self.record.row_counts[mart]:,} were published")
            elif self._hashes_alike and mart in fingerprints and (rows, total) != as_recorded(fingerprints[mart]):
                self.wrong(f"{file}: rows of {mart} are other than they were published")

    def _by_mart(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name, file in self.record.parquet_files.items():
            found.setdefault(_mart_of(name), []).append(file.fingerprint)
        return found

    def parquet(self) -> None:
        """Compare the rows of every Parquet file, and look for files that are not of the publication."""
        folder, of_record = self.folder / self.record.parquet, self.record.parquet_files
        if not folder.exists():
            self.wrong(f"{folder}, the folder of Parquet files, is gone")
            return
        link = self.folder / PARQUET_LINK
        if link.exists() and link.resolve() != folder.resolve():
            self.wrong(f"{link} leads to {link.resolve()}, and not to {folder}")
        for file in (path for path in sorted(folder.rglob("*.parquet")) if of_record):
            if file.relative_to(folder).as_posix() not in of_record:
                self.wrong(f"{file} is no file of this publication, and readers of its folder read it", "Move it away.")
        # In memory: its own connection, for the published file may not be readable.
        with duckdb.connect() as con:
            for name in of_record:
                self._parquet_file(con, folder / name, name)

    def _parquet_file(self, con: duckdb.DuckDBPyConnection, file: Path, name: str) -> None:
        if not file.exists():
            self.wrong(f"{file} is gone")
            return
        rows = f"read_parquet({glob(file)}, hive_partitioning = false)"
        try:
            columns = (
                self._columns.get(_mart_of(name))
                or con.execute(f"select column_name, column_type from (describe from {rows})").fetchall()
            )
            found = rows_and_total(con, rows, columns)
        except duckdb.Error as error:
            self.wrong(f"{file} is damaged: {' '.join(str(error).split())}")
            return
        there, recorded = size_and_time(file), self.record.parquet_files[name]
        if found[0] != as_recorded([recorded.fingerprint])[0]:
            self.wrong(f"{file} has {found[0]:,} rows, and {as_recorded([recorded.fingerprint])[0]:,} were published")
        elif self._hashes_alike and found != as_recorded([recorded.fingerprint]):
            # Publishing would take it for the file it was.
            again = "`make refresh FULL=1` writes it again." if there == recorded.left_as else ""
            self.wrong(f"{file} has other rows than were published", again)

    def dashboard(self, folder: Path) -> None:
        """Look for the dashboard's files, and at whose figures it shows."""
        page = folder / INDEX
        again = "`make dashboard` builds it again."
        if not page.exists():
            self.wrong(f"{page} is gone", again)
            return
        loaded = _LOADED.findall(page.read_text(encoding="utf-8", errors="replace"))
        if gone := [name for name in loaded if not (folder / name).exists() or not (folder / name).stat().st_size]:
            self.wrong(f"{folder / gone[0]}, which {page} loads, is gone or empty", again)
        data = [folder / name for name in loaded if name.endswith("/data.js") and name not in gone]
        named = f'"refresh_id":"{self.record.refresh_id}"'
        if not loaded or (data and named not in data[0].read_text(encoding="utf-8", errors="replace")):
            said = f"{page} doesn't show this publication"
            # The page is the last that a refresh replaces.
            self.findings.append(note(f"{said} yet", "A refresh runs.") if self.is_busy else Finding(said, again))


def _mart_of(name: str) -> str:
    """Return the mart of a Parquet file by its path in the publication's folder."""
    return name.partition("/")[0].removesuffix(".parquet")
