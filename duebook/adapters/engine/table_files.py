"""Which tables a folder of files, or a workbook, has: a file a table, a sheet a table.

Not here: copying their rows (sources.py).
"""

from dataclasses import dataclass
from pathlib import Path

from duebook.adapters.engine.worksheets import OLD_ENDING, is_book, sheets

# By the ending of a file's name: how its rows are read, every cell of a text file as text.
READERS = {
    ".csv": "read_csv({files}, all_varchar = true, header = true, union_by_name = true, filename = '_file')",
    ".jsonl": "read_ndjson_objects({files}, filename = '_file', maximum_object_size = 67108864)",
    ".parquet": "read_parquet({files}, union_by_name = true, filename = '_file')",
}
ENDINGS = (".csv.gz", ".jsonl.gz", *READERS, OLD_ENDING)
WORKBOOK = "workbook"


@dataclass(frozen=True)
class TableFile:
    """A file that holds rows of a table.

    Attributes:
        name: the table's.
        file: the file.
        kind: by what its rows are read: the ending of its name, without `.gz`; or `workbook`.
        sheet: of a workbook, the sheet that holds them.
    """

    name: str
    file: Path
    kind: str
    sheet: str | None = None

    @property
    def place(self) -> str:
        """Where it is, for messages."""
        return f"{self.file}, sheet {self.sheet}" if self.sheet else str(self.file)


def table_files(place: Path) -> list[TableFile]:
    """Find the tables of a folder, or of a workbook.

    In a folder a workbook with one sheet is a table of the workbook's name; of one with several, as of a workbook that
    is the whole source, each sheet is a table of the sheet's name. Sheets without a cell are none.

    Raises:
        AdapterError: a workbook can't be read.
    """
    if is_book(place):
        return [TableFile(sheet, place, WORKBOOK, sheet) for sheet in sheets(place)]
    found = []
    for file in sorted(place.glob("*")):
        ending = next((one for one in ENDINGS if file.name.lower().endswith(one)), None)
        if is_book(file):
            names = sheets(file)
            found += [TableFile(one if len(names) > 1 else file.stem, file, WORKBOOK, one) for one in names]
        elif ending is not None:
            found.append(TableFile(file.name[: -len(ending)], file, ending.removesuffix(".gz")))
    return found
