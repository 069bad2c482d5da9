"""What the tests of the doctor share: a bit that changes, a publication with a dashboard, what was found in one text.

Not here: any expectation.
"""

import os
from pathlib import Path

import duckdb

from duebook.database_files import EMPTY
from duebook.doctor.findings import Part
from duebook.publication.record import Publication
from duebook.publication.versions import version_name


def said(part: Part) -> str:
    """All that was found in a part, in one text."""
    return "\n".join(f"{finding.said} {finding.to_do}" for finding in part.findings)


def flip(file: Path, at: int) -> None:
    """Change one bit of a file, and nothing that shows it: its size and time stay."""
    content, stat = bytearray(file.read_bytes()), file.stat()
    content[at] ^= 1
    file.write_bytes(content)
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def flip_in_rows_of(database: Path, table: str) -> None:
    """Change one bit of the first block that has rows of a table: not every block of a database has any."""
    with duckdb.connect(database, read_only=True) as con:
        places = (
            "select block_id from pragma_storage_info(?) where block_id >= 0 order by column_id, row_group_id limit 1"
        )
        [(block,)] = con.execute(places, [table]).fetchall()
        [(size,)] = con.execute(
            "select block_size from pragma_database_size() where database_name = ?", [database.stem]
        ).fetchall()
    flip(database, EMPTY + block * size + 4096)


def write_page(database: Path, publication: Publication, folder: Path) -> None:
    """A dashboard of one script, which says whose figures it shows."""
    version = version_name(publication.published_at)
    (folder / version).mkdir(parents=True)
    (folder / version / "data.js").write_text(f'{{"refresh_id":"{publication.refresh_id}"}}')
    (folder / "index.html").write_text(f'<script defer src="{version}/data.js"></script>')
