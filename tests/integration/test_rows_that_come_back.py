"""A customer that an adapter deleted and landed again, by the models: deleted on the days between, and there today.

Here: the versions that staging takes of what an adapter landed. Not here: what counts in a landing (tests/unit).
"""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from duebook.adapters.landing import Request, land, make, work_database
from duebook.contract import read_contract
from duebook.settings import Settings
from tests.support.compiled_models import compiled_models, load_time

pytestmark = pytest.mark.long

TODAY, BEFORE, BETWEEN = date(2026, 3, 5), date(2026, 3, 1), date(2026, 3, 3)
MAPPING = "name: list\ngrain: customer\ncolumns: {customer_id: id, customer_name: name}\n"
# By the day on which a refresh loaded it, what each export had.
EXPORTS = {BEFORE: "A,Acme\nB,Bolt\n", BETWEEN: "B,Bolt\n", TODAY: "A,Acme\nB,Bolt\n"}


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> list[Path]:
    """The files of customers, one a landing."""
    folder = tmp_path_factory.mktemp("come_back")
    home = Settings(home=folder / "home", landing=folder / "landing", as_of=TODAY)
    (folder / "list.yml").write_text(MAPPING, encoding="utf-8")
    (folder / "options.yml").write_text("exports: full\nmost_deleted: 1\n", encoding="utf-8")
    found: list[Path] = []
    for rows in EXPORTS.values():
        (folder / "list.csv").write_text(f"id,name\n{rows}", encoding="utf-8")
        request = Request("flat", str(folder / "list.csv"), str(folder / "list.yml"), folder / "options.yml")
        with work_database(home) as con:
            made, user = make(con, request, home, read_contract(), print)
            found += land(made, user, home, read_contract(), print).files
    return found


def customers(files: list[Path], days: list[date], known_as_of: date | None) -> list[str]:
    """The customers of staging where the files were loaded on these days."""
    rows = []
    for number, (file, day) in enumerate(zip(files, days, strict=True), start=1):
        loaded = {"load_id": str(number), "loaded_at": load_time(day), "source_file": file.name}
        with duckdb.connect() as con:
            found = con.execute(f"select * from '{file}'").fetchall()
            names = [name for name, *_ in con.description]
        rows += [
            dict(zip(names, row, strict=True)) | loaded | {"source_file_number": number, "source_row": place}
            for place, row in enumerate(found, start=1)
        ]
    models = compiled_models(TODAY, known_as_of).of(["stg_ar__customers"])
    with models.build({"customers": rows}) as con:
        return [
            name for (name,) in con.execute("select customer_id from staging.stg_ar__customers order by 1").fetchall()
        ]


@pytest.mark.parametrize(
    ("known_as_of", "expected"), [(None, ["A", "B"]), (BEFORE, ["A", "B"]), (BETWEEN, ["B"]), (TODAY, ["A", "B"])]
)
def test_it_is_gone_only_on_the_days_between(files, known_as_of, expected) -> None:
    assert customers(files, list(EXPORTS), known_as_of) == expected


def test_it_counts_where_one_refresh_loads_all_of_it(files) -> None:
    assert customers(files, [TODAY] * len(files), None) == ["A", "B"]
    assert customers(files[:2], [TODAY] * 2, None) == ["B"]
