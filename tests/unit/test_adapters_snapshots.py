"""Lists of open items, landed one after the other: what is gone from the next one, and how the tie sees it.

Here: a list of all that is open (`exports: snapshot`), and the warning where a list doesn't say that it is one.
"""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from duebook.adapters.engine.definition import AdapterError
from duebook.adapters.engine.held import read_held
from duebook.adapters.engine.open_amounts import OPEN
from duebook.adapters.engine.tie import Tie, open_documents
from duebook.adapters.landing import Request, land, make, work_database
from duebook.adapters.summary import tie_lines
from duebook.contract import read_contract
from duebook.settings import Settings, yesterday

MAPPING = """
name: open
grain: item
columns:
  company_id: {column: Company, default: ACME}
  customer_id: Customer
  item_id: Number
  item_date: Date
  kind: {column: Kind, optional: true}
  amount: Amount
constants: {currency_code: EUR}
"""
SNAPSHOT = f"exports: snapshot\n{MAPPING}"
FIRST = ["I1,invoice,100", "I2,invoice,60", "I3,invoice,40", "M1,credit_memo,-30"]


@dataclass(frozen=True)
class Landed:
    """What a landing said, and what is open in it afterwards, by document; credits below zero."""

    warnings: Sequence[str]
    tie: Tie
    open_amounts: dict[str, Decimal]
    moved: list[tuple[object, ...]]


def settings_in(folder: Path) -> Settings:
    return Settings(home=folder / "home", landing=folder / "landing", as_of="2024-06-30")


@pytest.fixture
def settings(tmp_path) -> Settings:
    return settings_in(tmp_path)


@pytest.fixture(scope="module")
def first_list(tmp_path_factory) -> tuple[Path, Landed]:
    """A folder where the first list is landed, that no test changes, and what came of it."""
    folder = tmp_path_factory.mktemp("first list")
    return folder, landed(settings_in(folder), "2024-06-01", FIRST)


@pytest.fixture
def after_first(first_list, tmp_path) -> Settings:
    """A copy of it."""
    return settings_in(Path(shutil.copytree(first_list[0], tmp_path, dirs_exist_ok=True)))


def landed(settings: Settings, day: str, lines: list[str], mapping: str = SNAPSHOT, options: str = "") -> Landed:
    """Land the list of a day; lines are Number,Kind,Amount and perhaps a company."""
    folder: Path = settings.home.parent
    file = folder / f"open_{day}.csv"
    rows = "".join(f"C1,2024-01-01,{line}{'' if line.count(',') == 3 else ','}\n" for line in lines)
    file.write_text(f"Customer,Date,Number,Kind,Amount,Company\n{rows}", encoding="utf-8")
    (folder / "open.yml").write_text(mapping, encoding="utf-8")
    (folder / "options.yml").write_text(options, encoding="utf-8")
    contract = read_contract()
    with work_database(settings) as con:
        request = Request("flat", str(file), str(folder / "open.yml"), folder / "options.yml")
        made, user = make(con, request, settings, contract, print)
        land(made, user, settings, contract, print)
    with work_database(settings) as con:
        held = read_held(con, "flat-open", settings, contract)
        open_documents(con, None, held, with_documents=True)
        sign = "case document_type when 'invoice' then open_amount else -open_amount end"
        found = con.execute(f"select document_id, {sign} from {OPEN} where open_amount <> 0").fetchall()
        moved = con.execute(
            f"select invoice_id, credit_memo_id, applied_date, amount from {held.tables['applications']} order by all"
        ).fetchall()
    return Landed(made.warnings, made.tie, dict(found), moved)


def test_an_item_gone_from_a_list_of_all_that_is_open_is_settled_on_the_day_of_the_list(
    first_list, after_first
) -> None:
    assert first_list[1].open_amounts == {"I1": 100, "I2": 60, "I3": 40, "M1": -30}
    after = landed(after_first, "2024-06-02", ["I1,invoice,100", "I2,invoice,60", "M1,credit_memo,-30"])
    assert after.open_amounts == {"I1": 100, "I2": 60, "M1": -30}
    assert after.moved == [("I3", None, date(2024, 6, 2), 40)]
    assert (after.tie.differences, after.tie.documents) == ([], 3)
    assert [one for one in after.warnings if "stay open in the landing" in one] == []


def test_the_tie_of_a_list_says_how_many_of_its_documents_are_open(settings) -> None:
    """The one below zero by its kind is open, too; the one that was cleared isn't."""
    lines = ["I1,invoice,100", "I2,invoice,60", "M1,credit_memo,-30"]
    cleared = MAPPING.replace("amount: Amount", "amount: Amount\n  clearing_date: {column: Company}").replace(
        "{column: Company, default: ACME}", "{column: None, optional: true, default: ACME}"
    )
    after = landed(settings, "2024-06-02", [f"{one}," for one in lines[1:]] + [f"{lines[0]},2024-02-01"], cleared)
    [said] = tie_lines(after.tie)
    assert "what is open here is what the list says (3 documents, 2 of them open; EUR 30.00 of 30.00)" in said


def test_an_item_of_which_less_is_open_keeps_its_amount_and_was_paid_in_part(after_first) -> None:
    landed(after_first, "2024-06-02", ["I1,invoice,70", *FIRST[1:]])
    after = landed(after_first, "2024-06-03", ["I1,invoice,50", *FIRST[1:]])
    assert after.open_amounts["I1"] == 50
    assert after.moved == [("I1", None, date(2024, 6, 2), 30), ("I1", None, date(2024, 6, 3), 20)]


def test_a_credit_that_is_gone_settled_what_is_gone_with_it_before_cash_did(after_first) -> None:
    after = landed(after_first, "2024-06-02", FIRST[:2])
    assert after.open_amounts == {"I1": 100, "I2": 60}
    assert after.moved == [("I3", "M1", date(2024, 6, 2), 30), ("I3", None, date(2024, 6, 2), 10)]


def test_an_item_that_is_open_again_is_raised_on_the_day_of_the_list(after_first) -> None:
    landed(after_first, "2024-06-02", FIRST[1:])
    after = landed(after_first, "2024-06-03", FIRST)
    assert after.open_amounts == {"I1": 100, "I2": 60, "I3": 40, "M1": -30}
    assert after.moved == [("I1", None, date(2024, 6, 2), 100)]
    assert landed(after_first, "2024-06-04", FIRST[1:]).open_amounts == {"I2": 60, "I3": 40, "M1": -30}


def test_the_same_list_again_changes_nothing_and_another_of_a_day_that_is_over_is_refused(after_first) -> None:
    after = landed(after_first, "2024-06-02", FIRST[1:])
    # What is gone is gone since the first time only.
    said, *warnings = after.warnings
    assert said.startswith("List of 2024-06-02, compared with what was open before: 1 document is gone")
    assert landed(after_first, "2024-06-02", FIRST[1:]) == replace(after, warnings=warnings)
    with pytest.raises(AdapterError, match="one of 2024-06-02 has been landed: 1 document would change"):
        landed(after_first, "2024-06-02", FIRST)


@pytest.mark.parametrize(("left", "is_refused"), [(2, False), (1, True)])
def test_a_list_that_lost_more_than_half_stops_unless_more_may_be_gone(after_first, left, is_refused) -> None:
    if is_refused:
        with pytest.raises(AdapterError, match="3 of 4 open documents are gone"):
            landed(after_first, "2024-06-02", FIRST[:left])
        assert landed(after_first, "2024-06-02", FIRST[:left], options="most_deleted: 0.8").open_amounts == {"I1": 100}
    else:
        assert len(landed(after_first, "2024-06-02", FIRST[:left]).open_amounts) == left


def test_a_list_of_one_company_says_nothing_of_anothers_items(after_first) -> None:
    assert landed(after_first, "2024-06-02", ["J1,invoice,5,OTHER"]).open_amounts == {
        **{"I1": 100, "I2": 60, "I3": 40, "M1": -30},
        "J1": 5,
    }


def test_a_credit_of_which_more_is_open_is_refused(after_first) -> None:
    with pytest.raises(AdapterError, match=r"More is open of 1 credit .*: credit_memo M1: EUR 5\.00"):
        landed(after_first, "2024-06-02", [*FIRST[:3], "M1,credit_memo,-35"])


@pytest.mark.parametrize(
    ("mapping", "day", "said"),
    [
        (SNAPSHOT, "today", r"open_today\.csv has no day: name it as in"),
        (SNAPSHOT, "2024-06-31", "has no day"),
        (SNAPSHOT.replace("snapshot", "full"), "2024-06-01", "expected 'incremental' or 'snapshot'"),
        (SNAPSHOT.replace("Date\n", "Date\n  clearing_date: Date\n"), "2024-06-01", "this one has settled rows, too"),
    ],
)
def test_a_list_of_all_that_is_open_says_its_day_and_has_nothing_settled(settings, mapping, day, said) -> None:
    with pytest.raises(AdapterError, match=said):
        landed(settings, day, FIRST, mapping)


def test_the_day_said_in_the_mapping_counts(settings) -> None:
    landed(settings, "today", FIRST, f"list_date: 2024-06-01\n{SNAPSHOT}")
    after = landed(settings, "today", FIRST[1:], f"list_date: 2024-06-02\n{SNAPSHOT}")
    assert after.moved == [("I1", None, date(2024, 6, 2), 100)]


@pytest.mark.parametrize("ahead", [2, 3])
@pytest.mark.parametrize("place", ["file", "mapping"])
def test_a_list_of_a_day_that_is_still_to_come_everywhere_is_refused(settings, place, ahead) -> None:
    day = str(yesterday() + timedelta(days=ahead))
    named, mapping = (day, SNAPSHOT) if place == "file" else ("today", f"list_date: {day}\n{SNAPSHOT}")
    if ahead == 2:
        assert landed(settings, named, FIRST, mapping).open_amounts["I1"] == 100
        return
    where = f"open_{day}.csv" if place == "file" else "list_date in the mapping"
    with pytest.raises(AdapterError, match=f"The list is of {day} by .*{where}, a day that is still to come"):
        landed(settings, named, FIRST, mapping)
    assert not settings.landing.exists()


def test_an_item_gone_from_a_list_that_is_not_said_to_have_all_is_named_and_the_tie_differs(settings) -> None:
    landed(settings, "2024-06-01", FIRST, MAPPING)
    after = landed(settings, "2024-06-02", FIRST[1:], MAPPING)
    assert after.open_amounts == {"I1": 100, "I2": 60, "I3": 40, "M1": -30}
    [warning] = [one for one in after.warnings if "stay open in the landing" in one]
    assert warning.startswith("Warning: 1 document that this list had before and hasn't any more")
    assert "(EUR 100.00): invoice I1." in warning
    assert [(one.document_id, one.ours, one.theirs) for one in after.tie.differences] == [("I1", 100, 0)]
    assert after.tie.documents == 4


def test_a_snapshot_is_not_compared_with_a_landing_it_was_never_landed_in(after_first) -> None:
    elsewhere = after_first.model_copy(update={"landing": after_first.landing / "elsewhere"})
    with pytest.raises(AdapterError, match="has no file of it: name the LANDING"):
        landed(elsewhere, "2024-06-02", FIRST[1:])


def test_what_a_snapshot_is_taken_to_mean_is_said_in_one_line_with_amounts_by_currency(settings) -> None:
    mapping = SNAPSHOT.replace("constants: {currency_code: EUR}", "  currency_code: {column: Currency, default: EUR}")
    head = mapping.replace("Company, default: ACME", "No such, optional: true, default: ACME").replace(
        "Currency", "Company"
    )
    first = [*FIRST, "I4,invoice,7,CHF", "I5,invoice,9"]

    def lines(day: str, rows: list[str]) -> list[str]:
        return [one for one in landed(settings, day, rows, head).warnings if one.startswith("List of ")]

    assert lines("2024-06-01", first) == []
    assert lines("2024-06-02", ["I1,invoice,90", "I2,invoice,60", "I5,invoice,10"]) == [
        "List of 2024-06-02, compared with what was open before: 3 documents are gone (CHF 7.00, EUR 10.00), taken as "
        "settled on that day; 1 document has less open (EUR 10.00), taken as paid in part; 1 document has more open "
        "(EUR 1.00)."
    ]
    assert lines("2024-06-03", ["I1,invoice,90", "I2,invoice,60", "I3,invoice,40", "I5,invoice,10"]) == [
        "List of 2024-06-03, compared with what was open before: 1 document is open again (EUR 40.00)."
    ]
    assert lines("2024-06-04", ["I1,invoice,90", "I2,invoice,60", "I3,invoice,40", "I5,invoice,10"]) == []


def test_a_credit_that_comes_back_is_refused_with_what_happened_and_what_to_do(after_first) -> None:
    landed(after_first, "2024-06-02", FIRST[:3])
    with pytest.raises(AdapterError) as refused:
        landed(after_first, "2024-06-03", FIRST)
    assert str(refused.value) == (
        "1 credit of this list was gone from an earlier one, so taken as settled on its day, and open again: "
        "credit_memo M1: EUR 30.00. That can't be taken back. If it is open, give it a number of its own in this list, "
        "such as M1-2, and the day of the list as its date. If not, leave it out."
    )
    # What the message advises.
    assert landed(after_first, "2024-06-03", [*FIRST[:3], "M1-2,credit_memo,-30"]).open_amounts["M1-2"] == -30


SECOND = ["I1,invoice,70", "I2,invoice,90"]
# Less is open of one, and the other is paid.
THIRD = ["I1,invoice,60"]


def killed_after(monkeypatch, files: int, drafts: int = 0) -> None:
    """Have a landing killed when so many of its files are in place, and drafts of its state."""
    replace, moved = Path.replace, []

    def until(self: Path, target: Path) -> Path:
        if self.suffix in (".parquet", ".draft"):
            if len(moved) == files + drafts:
                raise KeyboardInterrupt
            moved.append(target)
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", until)


@pytest.fixture(scope="module")
def unbroken(first_list, tmp_path_factory) -> list[Landed]:
    """What the second and the third list say where no landing was killed."""
    folder = tmp_path_factory.mktemp("unbroken")
    settings = settings_in(Path(shutil.copytree(first_list[0], folder, dirs_exist_ok=True)))
    return [landed(settings, f"2024-06-0{day}", lines) for day, lines in enumerate((SECOND, THIRD), 2)]


@pytest.mark.parametrize("files", [pytest.param(0, marks=pytest.mark.long), 2])
def test_a_first_snapshot_that_was_killed_is_landed_again(settings, monkeypatch, files) -> None:
    # The state's draft is the first to be moved into place.
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        killed_after(patched, files, drafts=1)
        landed(settings, "2024-06-01", FIRST)
    assert landed(settings, "2024-06-01", FIRST).open_amounts == {"I1": 100, "I2": 60, "I3": 40, "M1": -30}


# After the last file the state isn't kept yet.
@pytest.mark.parametrize("files", [pytest.param(1, marks=pytest.mark.long), 2, pytest.param(3, marks=pytest.mark.long)])
def test_a_snapshot_killed_between_its_files_lands_the_rest_the_next_time(
    after_first, unbroken, monkeypatch, files
) -> None:
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        killed_after(patched, files)
        landed(after_first, "2024-06-02", SECOND)
    placed = {file.parent.name for file in after_first.landing.glob("*/*/flat-open-000002.parquet")}
    # In this order: no payment is applied that isn't there.
    assert placed == set(["receipts", "adjustments", "applications"][:files])
    after = [landed(after_first, "2024-06-02", SECOND), landed(after_first, "2024-06-03", THIRD)]
    assert after == unbroken
