"""What of a source is landed: new and changed rows once, deletions of full exports only, and all of it after a kill."""

from pathlib import Path

import duckdb
import pytest

from duebook.adapters import landing as steps
from duebook.adapters.engine.definition import AdapterError
from duebook.adapters.landing import Request, land, make, work_database
from duebook.contract import read_contract
from duebook.doctor.databases import sources
from duebook.doctor.findings import State
from duebook.settings import Settings
from tests.support.doctor import flip_in_rows_of

INVOICES = "customer,number,date,amount,paid\n"
LINES = [f"C{n % 3},I{n:02d},2024-01-{n + 1:02d},{n + 1}00.00,\n" for n in range(10)]
MAPPING = """
grain: invoice
columns: {customer_id: customer, invoice_id: number, invoice_date: date, amount: amount, paid_date: paid}
constants: {company_id: ACME, currency_code: EUR}
"""


@pytest.fixture
def home(tmp_path) -> Settings:
    (tmp_path / "mapping.yml").write_text(f"name: mapping\n{MAPPING}", encoding="utf-8")
    return Settings(home=tmp_path / "home", landing=tmp_path / "landing", as_of="2024-06-30")


def landed(home: Settings, lines: list[str], options: str = "") -> list[str]:
    """Land a list of these lines; returns the files written, from the landing on."""
    folder = home.home.parent
    (folder / "invoices.csv").write_text(INVOICES + "".join(lines), encoding="utf-8")
    (folder / "options.yml").write_text(options, encoding="utf-8")
    request = Request("flat", str(folder / "invoices.csv"), str(folder / "mapping.yml"), folder / "options.yml")
    with work_database(home) as con:
        made, user = make(con, request, home, read_contract(), print)
        files = land(made, user, home, read_contract(), print).files
    return [file.relative_to(home.landing).as_posix() for file in files]


def rows(home: Settings, file: str) -> list[tuple[object, ...]]:
    return duckdb.execute(f"select * from '{home.landing / file}' order by all").fetchall()


def test_companies_and_customers_come_before_what_refers_to_them(home) -> None:
    assert landed(home, LINES) == [
        "ar/companies/flat-mapping-000001.parquet",
        "ar/customers/flat-mapping-000001.parquet",
        "ar/invoices/flat-mapping-000001.parquet",
    ]


def test_landing_twice_writes_nothing(home) -> None:
    landed(home, LINES)
    assert landed(home, LINES[::-1]) == []


def test_one_changed_row_lands_once(home) -> None:
    landed(home, LINES)
    paid = [LINES[0].replace(",\n", ",2024-02-01\n"), *LINES[1:]]
    assert landed(home, paid) == [
        "payments/receipts/flat-mapping-000002.parquet",
        "payments/applications/flat-mapping-000002.parquet",
    ]
    dearer = [LINES[0].replace("100.00", "100.01"), *LINES[1:]]
    assert len(rows(home, landed(home, dearer)[0])) == 1


def test_a_row_that_is_gone_stays_unless_exports_are_full(home) -> None:
    landed(home, LINES)
    assert landed(home, LINES[1:]) == []


def test_a_row_gone_from_a_full_export_is_deleted(home) -> None:
    landed(home, LINES, "exports: full")
    [file] = landed(home, LINES[1:], "exports: full")
    found = duckdb.execute(f"select invoice_id, is_deleted from '{home.landing / file}'").fetchall()
    assert found == [("I00", True)]
    assert landed(home, LINES[1:], "exports: full") == []


@pytest.mark.parametrize(("left", "is_refused"), [(9, False), (8, True)])
def test_a_full_export_that_lost_more_than_its_share_stops(home, left, is_refused) -> None:
    landed(home, LINES, "exports: full")
    if not is_refused:
        assert landed(home, LINES[:left], "exports: full") != []
        return
    with pytest.raises(AdapterError, match=r"invoices: 2 of 10 rows landed before are not in this export"):
        landed(home, LINES[:left], "exports: full")
    assert landed(home, LINES, "exports: full") == []


def test_a_landing_killed_before_its_state_is_kept_lands_the_same_files_again(home, monkeypatch) -> None:
    def killed(*_args: object, **_named: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(steps.State, "keep", killed)
        with pytest.raises(KeyboardInterrupt):
            landed(home, LINES)
    before = {file: file.read_bytes() for file in home.landing.rglob("*.parquet")}
    assert len(before) == 3
    landed(home, LINES)
    assert {file: file.read_bytes() for file in home.landing.rglob("*.parquet")} == before


def test_a_lost_state_lands_all_rows_again_and_writes_over_no_file(home) -> None:
    landed(home, LINES)
    landed(home, [LINES[0].replace("100.00", "100.01"), *LINES[1:]])
    before = {file: file.read_bytes() for file in home.landing.rglob("*.parquet")}
    (home.adapters_dir / "flat-mapping.duckdb").unlink()
    assert landed(home, LINES)[0] == "ar/companies/flat-mapping-000003.parquet"
    assert {file: file.read_bytes() for file in before} == before


@pytest.mark.parametrize("content", [b"junk" * 5000, b"", "flipped"], ids=["no database", "empty", "flipped"])
def test_a_damaged_state_is_named_and_without_it_the_next_landing_goes_well(home, content) -> None:
    landed(home, LINES)
    state = home.adapters_dir / "flat-mapping.duckdb"
    assert (sources(home).state, sources(home).looked_at) == (State.SOUND, "1 state read")
    if content == "flipped":
        flip_in_rows_of(state, "main.landed_rows")
    else:
        state.write_bytes(content)
    with pytest.raises(AdapterError, match=r"mapping\.duckdb is damaged: .* Delete it: the next landing lands"):
        landed(home, LINES)
    assert sources(home).state == State.WRONG
    state.unlink()
    assert len(landed(home, LINES)) == 3


def test_a_landing_killed_between_its_files_lands_the_rest(home, monkeypatch) -> None:
    replace, moved = Path.replace, []

    def first_only(self: Path, target: Path) -> Path:
        if self.suffix == ".parquet":
            if moved:
                raise KeyboardInterrupt
            moved.append(target)
        return replace(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", first_only)
        with pytest.raises(KeyboardInterrupt):
            landed(home, LINES)
    assert [file.parent.name for file in moved] == ["companies"]
    assert len(landed(home, LINES)) == 3


def test_a_tie_that_differs_stops_only_where_the_user_says_so(home) -> None:
    said = MAPPING.replace("paid_date: paid}", "paid_date: paid, open_amount: amount}")
    (home.home.parent / "mapping.yml").write_text(said, encoding="utf-8")
    paid = [LINES[0].replace(",\n", ",2024-02-01\n"), *LINES[1:]]
    with pytest.raises(AdapterError, match="1 document differs from the source's own open balances"):
        landed(home, paid, "on_difference: stop")
    assert len(landed(home, paid)) == 5


def test_mappings_of_one_file_name_in_two_folders_share_no_state(home, tmp_path) -> None:
    landed(home, LINES)
    for folder, lines in (("north", LINES[:4]), ("south", LINES[4:])):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "mapping.yml").write_text(MAPPING, encoding="utf-8")
        (tmp_path / folder / "list.csv").write_text(INVOICES + "".join(lines), encoding="utf-8")
        request = Request("flat", str(tmp_path / folder / "list.csv"), str(tmp_path / folder / "mapping.yml"))
        with work_database(home) as con:
            made, user = make(con, request, home, read_contract(), print)
            land(made, user, home, read_contract(), print)
    names = {file.name.removesuffix(".duckdb") for file in home.adapters_dir.glob("*.duckdb")}
    assert names == {"flat-mapping", "flat-north-mapping", "flat-south-mapping"}


@pytest.mark.parametrize(("name", "is_refused"), [("mapping", True), ("payments", False)])
def test_a_list_of_another_grain_does_not_take_over_the_state_of_a_list_of_its_name(
    home, tmp_path, name, is_refused
) -> None:
    landed(home, LINES)
    (tmp_path / "bank.yml").write_text(
        f"name: {name}\ngrain: application\n"
        "columns: {receipt_id: customer, invoice_id: number, applied_date: date, amount: amount}\n",
        encoding="utf-8",
    )
    request = Request("flat", str(tmp_path / "invoices.csv"), str(tmp_path / "bank.yml"))
    with work_database(home) as con:
        if is_refused:
            with pytest.raises(AdapterError, match="A list of the grain invoice has been landed as mapping"):
                make(con, request, home, read_contract(), print)
        else:
            assert make(con, request, home, read_contract(), print)[0].name == "flat-payments"
