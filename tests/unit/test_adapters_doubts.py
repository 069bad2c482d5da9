"""What a person is told of a list that can be landed and whose figures may mislead: open items only, odd dates."""

from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from cli.main import app
from duebook.adapters.landing import Request, make, work_database
from duebook.adapters.summary import covered
from duebook.contract import read_contract
from duebook.settings import Settings

MAPPING = """
grain: invoice
columns: {customer_id: Customer, invoice_id: Number, invoice_date: Date, due_date: Due, amount: Amount, paid_date: Paid}
constants: {company_id: ACME, currency_code: EUR}
"""


def said(folder: Path, lines: Sequence[str], mapping: str = MAPPING) -> tuple[list[str], dict[str, str]]:
    """The warnings of a list, and why each KPI is not wholly fed; lines are Date,Due,Paid."""
    rows = "".join(f"C1,{n},{line},100\n" for n, line in enumerate(lines))
    (folder / "list.csv").write_text(f"Customer,Number,Date,Due,Paid,Amount\n{rows}", encoding="utf-8")
    (folder / "list.yml").write_text(mapping, encoding="utf-8")
    settings = Settings(home=folder / "home", landing=folder / "landing")
    with work_database(settings) as con:
        request = Request("flat", str(folder / "list.csv"), str(folder / "list.yml"))
        made, _ = make(con, request, settings, read_contract(), print)
        return list(made.warnings), {one.kpi: one.because for one in covered(made, {})}


@pytest.mark.parametrize("grain", ["invoice", "item"])
@pytest.mark.parametrize(("paid", "is_warned"), [("", True), ("2024-02-01", False)])
def test_a_list_without_any_settled_row_feeds_dso_in_part_and_says_what_is_missing(
    tmp_path, grain, paid, is_warned
) -> None:
    mapping = MAPPING
    if grain == "item":
        mapping = MAPPING.replace("paid_date", "clearing_date").replace("invoice_", "item_").replace("invoice", "item")
    warnings, because = said(tmp_path, ["2024-01-01,,", f"2024-01-01,,{paid}"], mapping)
    assert bool([one for one in warnings if "past months are missing" in one]) == is_warned
    assert all(("past months are missing" in because[kpi]) == is_warned for kpi in ("dso", "best_possible_dso"))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("2024-01-02,,2024-01-01", "Paid (paid_date): paid before the day of the invoice"),
        ("2024-01-01,,2024-01-01", None),
        ("2024-01-02,2024-01-01,", "Due (due_date): due before the day of the invoice"),
        ("2024-01-01,2024-01-01,", None),
        ("2024-01-01,,2206-01-01", "Paid (paid_date): of a day that is still to come"),
        ("2035-01-02,,", "Date (invoice_date): more than 10 years away from most others"),
        ("2033-12-01,,", None),
    ],
)
def test_a_date_that_can_hardly_be_right_is_named_and_landed(tmp_path, line, words) -> None:
    warnings, _ = said(tmp_path, ["2024-01-01,2024-02-01,2024-02-01"] * 4 + [line])
    doubts = [one for one in warnings if one.startswith("Look at: ")]
    if words is None:
        assert doubts == []
    else:
        [doubt] = [one for one in doubts if one.startswith(f"Look at: {words}")]
        assert "list.csv, line 6: '" in doubt


@pytest.mark.parametrize(
    ("amount", "paid", "is_named"),
    [("100", "100.01", True), ("100", "100", False), ("0", "0.01", True), ("0", "0", False), ("-100", "-100.01", True)],
)
def test_more_paid_than_the_amount_is_named_with_its_row(tmp_path, amount, paid, is_named) -> None:
    mapping = MAPPING.replace("amount: Amount, paid_date: Paid", "amount: Amount, paid_date: Paid, paid_amount: Part")
    mapping = mapping.replace("amount: Amount", "amount: Invoiced")
    (tmp_path / "list.csv").write_text(
        f"Customer,Number,Date,Due,Paid,Invoiced,Part\nC1,1,2024-01-01,,2024-02-01,{amount},{paid}\n"
        "C1,2,2024-01-01,,2024-02-01,5,5\n",
        encoding="utf-8",
    )
    (tmp_path / "list.yml").write_text(mapping, encoding="utf-8")
    settings = Settings(home=tmp_path / "home", landing=tmp_path / "landing")
    with work_database(settings) as con:
        request = Request("flat", str(tmp_path / "list.csv"), str(tmp_path / "list.yml"))
        made, _ = make(con, request, settings, read_contract(), print)
    found = [one for one in made.warnings if "paid more than the amount" in one]
    assert bool(found) == is_named
    assert all("1 row, landed" in one and "list.csv, line 2: '" in one for one in found)


ITEMS = """
grain: item
columns: {customer_id: Customer, item_id: Number, item_date: Date, currency_code: Curr, amount: Amount}
constants: {company_id: ACME}
"""
BELOW_ZERO = (
    "Warning: 2 rows below zero (CHF -2.00, EUR -1,234.50 in all), and no kind that says what they are: each counts as "
    "a receipt. Map kind, if a column says it; or say options: {negative_is: credit_memo} where they are credit memos, "
    "or {negative_is: receipt} where they are payments."
)


def items(folder: Path, amounts: Sequence[str], mapping: str) -> tuple[Path, Path]:
    """A list of items with these amounts, currencies and kinds; and its mapping."""
    rows = "".join(f"C{n % 2},D{n},2024-01-31,{amount}\n" for n, amount in enumerate(amounts))
    (folder / "list.csv").write_text(f"Customer,Number,Date,Amount,Curr,Type\n{rows}", encoding="utf-8")
    (folder / "list.yml").write_text(mapping, encoding="utf-8")
    return folder / "list.csv", folder / "list.yml"


@pytest.mark.parametrize(
    ("mapping", "below", "is_said"),
    [
        (ITEMS, "-1234.5", True),
        (ITEMS, "0", False),
        (ITEMS + "options: {negative_is: receipt}", "-1234.5", False),
        (ITEMS + "options: {negative_is: credit_memo}", "-1234.5", False),
        (ITEMS + "options: {amounts: reversals}", "-1234.5", True),
        (ITEMS.replace("{company_id", "{kind: credit_memo, company_id"), "-1234.5", False),
        (ITEMS.replace("Amount}", "Amount, kind: Type}"), "-1234.5", False),
    ],
)
def test_amounts_below_zero_that_nothing_explains_are_counted_and_summed(tmp_path, mapping, below, is_said) -> None:
    rows = [f"{below},EUR,receipt", f"{'-2' if below != '0' else '0'},CHF,credit_memo"]
    file, said_of = items(tmp_path, rows, mapping)
    settings = Settings(home=tmp_path / "home", landing=tmp_path / "landing")
    with work_database(settings) as con:
        made, _ = make(con, Request("flat", str(file), str(said_of)), settings, read_contract(), print)
    assert [one for one in made.warnings if "below zero" in one] == [BELOW_ZERO] * is_said


@pytest.mark.parametrize("options", [{"negative_is": "receipt"}, {}])
def test_who_says_beside_the_mapping_what_is_below_zero_is_not_told(tmp_path, options) -> None:
    file, mapping = items(tmp_path, ["-1234.5,EUR,", "-2,CHF,"], ITEMS)
    (tmp_path / "options.yml").write_text(yaml.safe_dump({"options": options}), encoding="utf-8")
    settings = Settings(home=tmp_path / "home", landing=tmp_path / "landing")
    with work_database(settings) as con:
        request = Request("flat", str(file), str(mapping), tmp_path / "options.yml")
        made, _ = make(con, request, settings, read_contract(), print)
    assert (BELOW_ZERO in made.warnings) == (not options)


@pytest.mark.parametrize(("kind", "is_said"), [("Remark", True), ("Type", False)])
def test_a_proposal_says_what_amounts_below_zero_count_as_unless_it_asks(tmp_path, kind, is_said) -> None:
    file, _ = items(tmp_path, ["5,EUR,RE", "-1234.5,EUR,GU", "-2,CHF,GU"], ITEMS)
    file.write_text(file.read_text("utf-8").replace("Type", kind), encoding="utf-8")
    done = CliRunner().invoke(app, ["adapter-guess", "--file", str(file), "--grain", "item"])
    assert (BELOW_ZERO in done.stderr.splitlines()) == is_said


@pytest.mark.parametrize("command", ["adapter-check", "land"])
def test_a_check_and_a_landing_say_what_amounts_below_zero_count_as(tmp_path, command) -> None:
    file, mapping = items(tmp_path, ["5,EUR,", "-1234.5,EUR,", "-2,CHF,"], ITEMS)
    words = ["--adapter", "flat", "--source", str(file), "--mapping", str(mapping), "--home", str(tmp_path / "home")]
    done = CliRunner().invoke(app, [command, *words, "--landing", str(tmp_path / "landing")])
    assert BELOW_ZERO in done.output.splitlines()


@pytest.mark.parametrize(
    ("early", "late", "words"),
    [
        (9, 1, "9 of 10 days lie before the day of the document, Date (invoice_date)"),
        (5, 0, "5 of 5 days lie before the day of the document, Date (invoice_date)"),
        (8, 1, None),
        (4, 0, None),
    ],
)
def test_days_of_payment_that_nearly_all_lie_before_the_invoice_are_warned_of(tmp_path, early, late, words) -> None:
    lines = ["2024-02-01,,2024-01-31"] * early + ["2024-02-01,,2024-02-01"] * late + ["2024-02-01,,"] * 20
    warnings, _ = said(tmp_path, lines)
    found = [one for one in warnings if "lie before" in one]
    assert [one.startswith(f"Warning: Paid (paid_date): {words}: look") for one in found] == [True] * bool(words)


@pytest.mark.parametrize(
    ("due", "paid", "swapped"),
    [
        ("Fälligkeit", "Bezahlt am", []),
        (
            "Bezahlt am",
            "Fälligkeit",
            [
                "Fälligkeit (paid_date) is called as columns of due_date are, and Bezahlt am (due_date) is called as "
                "columns of paid_date are"
            ],
        ),
        ("Tag", "Fälligkeit", ["Fälligkeit (paid_date) is called as columns of due_date are"]),
        ("Bezahlt am", "Tag", ["Bezahlt am (due_date) is called as columns of paid_date are"]),
    ],
)
def test_columns_of_days_that_seem_to_be_swapped_are_named(tmp_path, due, paid, swapped) -> None:
    (tmp_path / "list.csv").write_text(
        f"Customer,Number,Date,Amount,{due},{paid}\nC1,1,2024-01-01,5,2024-02-01,2024-02-02\n", encoding="utf-8"
    )
    mapping = MAPPING.replace("Due", due).replace("Paid}", f"{paid}}}")
    (tmp_path / "list.yml").write_text(mapping, encoding="utf-8")
    settings = Settings(home=tmp_path / "home", landing=tmp_path / "landing")
    with work_database(settings) as con:
        request = Request("flat", str(tmp_path / "list.csv"), str(tmp_path / "list.yml"))
        made, _ = make(con, request, settings, read_contract(), print)
    found = [one for one in made.warnings if "swapped" in one]
    assert found == [
        f"Warning: {one}: look whether paid_date and due_date are swapped in the mapping." for one in swapped
    ]
