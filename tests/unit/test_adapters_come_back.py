"""Rows that were deleted and come back: what counts in the landing is what the last export says.

Here: full exports, lists and source systems, with and without a time of change of the source. Not here: that staging
takes the same versions (tests/integration/test_rows_that_come_back.py).
"""

import json
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pytest

from duebook.adapters import landing as steps
from duebook.adapters.landing import Request, land, make, work_database
from duebook.contract import read_contract
from duebook.landing.current import read_standing
from duebook.settings import Settings
from tests.support.adapters.books import write_adapter

FULL = "exports: full\nmost_deleted: 1\n"
LIST = "name: list\ngrain: customer\ncolumns: {customer_id: id, customer_name: name}\n"
OF_BOOKS = "select id as customer_id, name as customer_name, {}\nfrom {{{{ source('books', 'customer') }}}}\n"
KINDS = {
    "a list": None,
    "a source without dates": "_company_id as city",
    "a source with dates": "changed as updated_at, is_gone as is_deleted",
}
BOTH = {"A": "Acme", "B": "Bolt"}

# One without dates is enough of a source for each day's tests.
WHEN_CHANGED = [pytest.param(kind, marks=pytest.mark.long) if kind == "a source with dates" else kind for kind in KINDS]
each_kind = pytest.mark.parametrize("kind", WHEN_CHANGED)


@pytest.fixture
def home(tmp_path) -> Settings:
    return Settings(home=tmp_path / "home", landing=tmp_path / "landing", as_of="2024-06-30")


def landed(
    home: Settings,
    kind: str,
    names: Mapping[str, str],
    options: str = FULL,
    changed: str = "2024-01-01T00:00:00Z",
    gone: str = "",
) -> list[Path]:
    """Land customers, by id what they are called; all were changed at one time. Returns the files."""
    folder = home.home.parent
    (folder / "options.yml").write_text(options, encoding="utf-8")
    source = folder / "source"
    source.mkdir(exist_ok=True)
    rows = [{"id": one, "name": called, "changed": changed, "is_gone": one == gone} for one, called in names.items()]
    if KINDS[kind] is None:
        (folder / "list.yml").write_text(LIST, encoding="utf-8")
        lines = "".join(f"{row['id']},{row['name']}\n" for row in rows)
        (source / "list.csv").write_text(f"id,name\n{lines}", encoding="utf-8")
        request = Request("flat", str(source / "list.csv"), str(folder / "list.yml"), folder / "options.yml")
    else:
        adapter = folder / "books"
        if not adapter.exists():
            write_adapter(folder)
            said = (adapter / "adapter.yml").read_text(encoding="utf-8")
            with_flag = said.replace("is_current: boolean", "is_gone: boolean").replace("active: is_current", "")
            (adapter / "adapter.yml").write_text(with_flag, encoding="utf-8")
        (adapter / "customers.sql").write_text(OF_BOOKS.format(KINDS[kind]), encoding="utf-8")
        (source / "customer.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
        request = Request(str(adapter), str(source), options=folder / "options.yml")
    with work_database(home) as con:
        made, user = make(con, request, home, read_contract(), lambda _: None)
        return list(land(made, user, home, read_contract(), lambda _: None).files)


def standing(home: Settings) -> dict[str, str]:
    """What counts in the landing, whose files are all loaded by one refresh."""
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'")
        read_standing(con, {"customers": "customers"}, home, read_contract(), lambda _: None)
        return dict(con.execute("select customer_id, customer_name from customers order by 1").fetchall())


def lose_state(home: Settings) -> None:
    [state] = home.adapters_dir.glob("*.duckdb")
    state.unlink()


@each_kind
@pytest.mark.parametrize("called", [pytest.param("Acme", marks=pytest.mark.long), "Acme Ltd"])
def test_a_row_that_comes_back_counts_unchanged_or_changed_and_twice(home, kind, called) -> None:
    landed(home, kind, BOTH)
    for _ in range(2):
        landed(home, kind, {"B": "Bolt"})
        assert standing(home) == {"B": "Bolt"}
        landed(home, kind, {"A": called, "B": "Bolt"})
        assert standing(home) == {"A": called, "B": "Bolt"}
    # A later change counts, too, and nothing else lands again.
    landed(home, kind, {"A": "Acme plc", "B": "Bolt"})
    assert standing(home) == {"A": "Acme plc", "B": "Bolt"}
    assert landed(home, kind, {"A": "Acme plc", "B": "Bolt"}) == []


def test_a_row_that_comes_back_with_a_later_time_of_its_own_keeps_it(home) -> None:
    kind = "a source with dates"
    for names, changed in ((BOTH, "2024-01-01T00:00:00Z"), ({"B": "Bolt"}, "2024-01-01T00:00:00Z")):
        landed(home, kind, names, changed=changed)
    [file] = landed(home, kind, BOTH, changed="2199-01-01T00:00:00Z")
    times = duckdb.execute(f"select distinct cast(updated_at as varchar) from '{file}'").fetchall()
    assert times == [("2199-01-01 00:00:00",)]
    # A row that is gone is so even if its source said that it was changed later than now.
    landed(home, kind, {"B": "Bolt"}, changed="2199-01-01T00:00:00Z")
    assert standing(home) == {"B": "Bolt"}


def test_rows_that_were_never_deleted_get_no_moment(home) -> None:
    landed(home, "a list", BOTH)
    [file] = landed(home, "a list", {"A": "Acme Ltd", "B": "Bolt"})
    assert "updated_at" not in [name for name, *_ in duckdb.execute(f"describe from '{file}'").fetchall()]


@each_kind
def test_a_landing_killed_before_its_state_is_kept_writes_the_same_files_again(home, kind, monkeypatch) -> None:
    landed(home, kind, BOTH)
    for names in ({"B": "Bolt"}, BOTH):
        kill(home, kind, names, monkeypatch)
        before = {file: file.read_bytes() for file in home.landing.rglob("*.parquet")}
        landed(home, kind, names)
        assert {file: file.read_bytes() for file in home.landing.rglob("*.parquet")} == before
        assert standing(home) == names


@each_kind
def test_after_a_landing_that_was_killed_another_export_counts(home, kind, monkeypatch) -> None:
    landed(home, kind, BOTH)
    kill(home, kind, {"B": "Bolt", "C": "Cask"}, monkeypatch)
    assert standing(home) == {"B": "Bolt", "C": "Cask"}
    # What it deleted is there after all, and what was new in it is gone.
    landed(home, kind, BOTH)
    assert standing(home) == BOTH


def kill(home: Settings, kind: str, names: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Land, and be killed when the files are in place."""

    def killed(*_args: object, **_named: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(steps.State, "keep", killed)
        landed(home, kind, names)


@each_kind
def test_a_lost_state_forgets_neither_what_was_deleted_nor_what_came_back(home, kind) -> None:
    for names in (BOTH, {"B": "Bolt"}, BOTH, {"A": "Acme"}):
        landed(home, kind, names)
    lose_state(home)
    landed(home, kind, {"A": "Acme Ltd", "B": "Bolt"})
    assert standing(home) == {"A": "Acme Ltd", "B": "Bolt"}
    lose_state(home)
    landed(home, kind, {"B": "Bolt"})
    assert standing(home) == {"B": "Bolt"}


@pytest.mark.parametrize(("options", "stands"), [("", {"B": "Bolt"}), (FULL, BOTH)])
def test_an_older_export_undoes_a_deletion_of_the_source_only_where_it_is_all_there_is(home, options, stands) -> None:
    kind = "a source with dates"
    landed(home, kind, BOTH, options)
    landed(home, kind, BOTH, options, changed="2024-02-01T00:00:00Z", gone="A")
    assert standing(home) == {"B": "Bolt"}
    landed(home, kind, BOTH, options, changed="2024-01-15T00:00:00Z")
    assert standing(home) == stands


def test_a_change_counts_where_the_source_no_longer_says_when(home) -> None:
    landed(home, "a source with dates", BOTH, "")
    landed(home, "a source without dates", {"A": "Acme Ltd"}, "")
    assert standing(home) == {"A": "Acme Ltd", "B": "Bolt"}
