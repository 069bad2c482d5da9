"""A proposed mapping tried on its file: which cells it can't be used for, and which columns it should perhaps take."""

import duckdb
import yaml

from duebook.adapters.flat.cells import NUMERIC
from duebook.adapters.flat.checking import KIND, negative_lines
from duebook.adapters.flat.guessing import Guess
from duebook.adapters.flat.mapping import UNDECIDED, Mapping, read_grain
from duebook.adapters.flat.proposal import proposal
from duebook.adapters.flat.reading import read_cells
from duebook.adapters.flat.rows import make_rows
from duebook.adapters.flat.unused import unused_lines
from duebook.settings import Settings


def tried(con: duckdb.DuckDBPyConnection, found: Guess, settings: Settings) -> tuple[list[str], list[str]]:
    """Read the file by what is proposed for it.

    What is still undecided is taken for any of its answers: dates by each of their formats; amounts not at all.

    Returns:
        A line for each kind of fault; and what a person should look at: amounts below zero that nothing explains, and
        columns that nothing takes and that look as if they mattered.

    Raises:
        AdapterError: the file can't be read.
    """
    said = yaml.safe_load(proposal(found))
    grain = read_grain(found.grain)
    if found.dates:
        said["dates"] = [one for formats in found.dates for one in formats]
    if found.numbers.decimal == UNDECIDED:
        said.pop("numbers")
        said["columns"] = {name: one for name, one in said["columns"].items() if grain.fields[name].type not in NUMERIC}
    for name, meant in found.maps.items():
        if UNDECIDED in meant.values():
            said["columns"].pop(name)
    said["constants"] = {}
    mapping = Mapping.model_validate(said)
    columns, faults = read_cells(con, [found.file], mapping.file, mapping.numbers.decimal)
    _, of_cells = make_rows(con, mapping, grain, columns)
    # A column of which something is still undecided is taken all the same.
    left = [column for column in columns if column not in found.columns.values()]
    # What a person is asked of is being said.
    negative = [] if KIND in found.columns else negative_lines(con, mapping, grain, ())
    return faults + of_cells, [*negative, *unused_lines(con, mapping, grain, left, settings)]
