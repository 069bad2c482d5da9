"""Every published worked example of a formula: by its dbt unit test, or over the invoices' own figures.

Where no mart has the formula, a table (support/published_cases.py) says why. The cases are no part of the project;
where they are not beside the checkout, these tests are skipped and say so.
"""

from datetime import date, timedelta

import pytest

from tests.support.compiled_models import CompiledModels, compiled_models
from tests.support.generators.ledgers import landed_in_order
from tests.support.published_cases import (
    BASE_CURRENCY,
    CASES,
    FORMULAS_BY_UNIT_TEST,
    FORMULAS_NOT_ASKED_FOR,
    LAST_DAY,
    NEVER_EXPECTED,
    Rows,
    day,
    money,
)

pytestmark = pytest.mark.skipif(not CASES, reason="the published cases are not beside this checkout")


@pytest.fixture(scope="module")
def models() -> CompiledModels:
    return compiled_models(LAST_DAY)


@pytest.mark.parametrize("id_", FORMULAS_BY_UNIT_TEST)
def test_a_formula_has_its_dbt_unit_test(models: CompiledModels, id_: str) -> None:
    """Named by the case's id at the start of its description; `dbt test` runs it."""
    named_by = [test["name"] for test in models.manifest["unit_tests"].values() if f"{id_} (" in test["description"]]
    assert len(named_by) == 1


def settled_invoices(rows: list[tuple[float, date, date, date]]) -> Rows:
    """Invoices with amount, date, due date and the day they were paid in full."""
    landed: Rows = [
        ("companies", {"company_id": "A", "currency_code": BASE_CURRENCY}),
        ("customers", {"customer_id": "C"}),
    ]
    both = {"company_id": "A", "customer_id": "C", "currency_code": BASE_CURRENCY}
    for place, (amount, issued, due, paid) in enumerate(rows):
        own, source = {"invoice_id": f"I{place}"}, {"receipt_id": f"R{place}"}
        value = {"amount": money(amount)}
        landed += [
            ("invoices", both | own | value | {"invoice_date": issued, "due_date": due}),
            ("receipts", both | source | value | {"receipt_date": paid}),
            ("applications", own | source | value | {"application_id": f"A{place}", "applied_date": paid}),
        ]
    return landed


def weighted(models: CompiledModels, rows: Rows, column: str) -> float:
    """Mean of the column over invoices, weighted by amount."""
    with models.build(landed_in_order(rows, LAST_DAY)) as connection:
        query = f"select sum({column} * amount) / sum(amount) from marts.fct_invoices"
        return float(connection.execute(query).fetchall()[0][0])


def test_days_late_weighted_by_amount(models: CompiledModels) -> None:
    """w13: early payments count as negative."""
    due = date(2026, 1, 31)
    rows = [
        (amount, date(2026, 1, 1), due, due + timedelta(days=late)) for amount, late in CASES["w13"]["input"]["rows"]
    ]
    assert weighted(models, settled_invoices(rows), "days_late") == pytest.approx(
        CASES["w13"]["expected"]["dbt"], abs=CASES["w13"]["tolerance"]
    )


def test_days_late_of_invoices_with_terms(models: CompiledModels) -> None:
    """w15: 0, 6 and 8 days late; none is early, so its floor of zero changes nothing."""
    rows = [
        (invoice["amount"], day(invoice["invoice_date"]), day(invoice["due_date"]), day(invoice["paid"]))
        for invoice in CASES["w15"]["input"]["invoices"]
    ]
    assert weighted(models, settled_invoices(rows), "days_late") == pytest.approx(
        CASES["w15"]["expected"]["dbt"], abs=CASES["w15"]["tolerance"]
    )


def test_days_to_pay_weighted_by_amount(models: CompiledModels) -> None:
    """w17: 10 paid after 5 days, 100 after 10."""
    issued = date(2026, 1, 1)
    rows = [(amount, issued, issued, issued + timedelta(days=days)) for amount, days in CASES["w17"]["input"]["rows"]]
    assert weighted(models, settled_invoices(rows), "days_to_pay") == pytest.approx(
        CASES["w17"]["expected"]["wadtp"], abs=CASES["w17"]["tolerance"]
    )


def test_uncollected_balances_by_month_of_sale(models: CompiledModels) -> None:
    """w29: the share of each month's sales still open at the end of the quarter."""
    given, expected = CASES["w29"]["input"], CASES["w29"]["expected"]
    rows: Rows = [
        ("companies", {"company_id": "A", "currency_code": BASE_CURRENCY}),
        ("customers", {"customer_id": "C"}),
    ]
    both = {"company_id": "A", "customer_id": "C", "currency_code": BASE_CURRENCY}
    for month, (sold, still_open) in enumerate(zip(given["sales"], given["open_by_month"], strict=True), start=1):
        own, on = {"invoice_id": f"I{month}"}, date(2025, month, 10)
        rows.append(("invoices", both | own | {"invoice_date": on, "due_date": on, "amount": money(sold)}))
        source, paid = {"receipt_id": f"R{month}"}, {"amount": money(sold - still_open)}
        if paid["amount"]:
            rows.append(("receipts", both | source | paid | {"receipt_date": on}))
            rows.append(("applications", own | source | paid | {"application_id": f"A{month}", "applied_date": on}))
    with models.build(landed_in_order(rows, LAST_DAY)) as connection:
        query = "select open_balance / amount * 100 from marts.fct_invoices order by invoice_date"
        shares = [float(share) for (share,) in connection.execute(query).fetchall()]
        total = connection.execute("select sum(open_balance) from marts.fct_invoices").fetchall()
    assert shares == pytest.approx([expected["pct_jan"], expected["pct_feb"], expected["pct_mar"]], abs=1e-9)
    assert sum(shares) == pytest.approx(expected["pct_total"], abs=1e-9)
    assert total == [(expected["ar"],)]


@pytest.mark.parametrize(("id_", "why"), FORMULAS_NOT_ASKED_FOR.items())
def test_a_formula_no_mart_makes(models: CompiledModels, id_: str, why: str) -> None:
    columns = {
        column
        for node in models.manifest["nodes"].values()
        if node["resource_type"] == "model" and node["schema"] == "marts"
        for column in node["columns"]
    }
    case = CASES[id_]
    assert case["suite"] == "ecl_cases" or case["metric"] == "ageing_allowance"
    assert not [column for column in columns if "allowance" in column], why


@pytest.mark.parametrize("id_", NEVER_EXPECTED)
def test_a_figure_that_breaks_its_own_formula_is_nobodys_example(models: CompiledModels, id_: str) -> None:
    descriptions = [test["description"] for test in models.manifest["unit_tests"].values()]
    assert not [text for text in descriptions if f"{id_} (" in text], CASES[id_]["problem"]
