"""What a person is told of a list that can be landed and whose figures may mislead: open items only, odd dates."""

from collections.abc import Sequence
from pathlib import Path

import pytest

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
