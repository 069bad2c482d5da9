"""Every published worked example of a formula: by its dbt unit test, or over the invoices' own figures.

Each keeps the short name it has in our tests. Not here: ledgers (test_published_ledgers.py).
"""

from datetime import date, timedelta

import pytest

from tests.support.borrowed import CASES, borrowed_case_ids, needs_borrowed
from tests.support.compiled_models import MID_MONTH, CompiledModels, compiled_models
from tests.support.documents import COMPANY, CUSTOMER, Row, invoice, paid
from tests.support.generators.ledgers import landed_in_order
from tests.support.published_ledgers import LEDGERS

ALLOWANCES = (
    *("w23", "w25", "w27", "ifrs9_ie12_company_m", "asc326_example5_aging_schedule", "ifrscommunity_b2c_cohort"),
    *("finlearnhub_matrix", "finlearnhub_ageing_profile", "coraa_forward_looking", "annualreporting_company_t_partial"),
    *("ifrsbox_abc_partial", "constructed_monthly_roll", "constructed_absorbing_chain"),
)
BY_UNIT_TEST = (*("w01", "w03", "w05", "w07", "w09", "w11", "w19", "w21", "w31", "w33", "w35"), *ALLOWANCES)
OVER_INVOICES = ("w13", "w15", "w17", "w29")
# Pages whose figures break the formula they stand under, by our name of the case.
WRONG = {
    "t01": ("calculatorshub.net", "its CEI of four months is 87.5, 81.25, 80 and 78.26 by its formula, not 96 to 62"),
    "t02": ("newsbusiness.biz", "600,000 of 1,000,000 are 60 %, not 6 %"),
    "t03": ("businessdictionary.info", "5 of 100 are 5 %, not 20 %"),
    "t04": ("vcalc.com", "its year has 356 days"),
    "t05": ("community.oracle.com", "its true DSO is described by invoice and computed of averages"),
    "t06": ("calculator.academy", "what it calls CEI leaves credit sales out"),
    "t07": ("creditmanagementassociation.org", "it divides sales by days where the index has months"),
}
OWN_LANDINGS = ("gnc01", "erp11", "erp21", "erp23", "erp25", "moj05a", "moj05c", "moj05e", "moj17", "oca01")


@pytest.fixture(scope="module")
def models() -> CompiledModels:
    return compiled_models(MID_MONTH)


@pytest.fixture(scope="module")
def examples(models: CompiledModels) -> list[str]:
    """What the project's dbt unit tests say they are."""
    return [test["description"] for test in models.manifest["unit_tests"].values()]


@needs_borrowed(CASES)
def test_every_borrowed_case_has_its_place() -> None:
    """A case that is added is not passed over in silence."""
    placed = [*LEDGERS, *OWN_LANDINGS, *BY_UNIT_TEST, *OVER_INVOICES, *WRONG]
    assert sorted(placed) == sorted(borrowed_case_ids())


@pytest.mark.parametrize("id_", BY_UNIT_TEST)
def test_a_formula_has_its_dbt_unit_test(examples: list[str], id_: str) -> None:
    """Named by the case at the start of its description, with its source; `dbt test` runs it."""
    assert len([text for text in examples if f"{id_} (" in text]) == 1


@pytest.mark.parametrize("id_", WRONG)
def test_a_figure_that_breaks_its_own_formula_is_nobodys_example(examples: list[str], id_: str) -> None:
    page, why = WRONG[id_]
    assert not [text for text in examples if page in text], why


def weighted(models: CompiledModels, column: str, invoices: list[tuple[str, date, date, date]]) -> float:
    """Mean of the column, weighted by amount: over invoices with amount, date, due date and the day they were paid."""
    rows: list[Row] = [COMPANY, CUSTOMER]
    for place, (amount, issued, due, settled) in enumerate(invoices):
        rows += [invoice(f"I{place}", amount, issued, due_date=due), *paid(amount, settled, f"R{place}", f"I{place}")]
    with models.build(landed_in_order(rows, MID_MONTH)) as connection:
        query = f"select sum({column} * amount) / sum(amount) from marts.fct_invoices"
        return float(connection.execute(query).fetchall()[0][0])


def test_days_late_weighted_by_amount(models: CompiledModels) -> None:
    """w13 (fitsmallbusiness.com, days beyond terms): early payments count as negative."""
    due = date(2026, 1, 31)
    late = {"100": -10, "200": -5, "300": 0, "400": 5, "500": 10}
    invoices = [(amount, date(2026, 1, 1), due, due + timedelta(days=days)) for amount, days in late.items()]
    assert weighted(models, "days_late", invoices) == pytest.approx(3.33, abs=0.005)


def test_days_late_of_invoices_with_terms(models: CompiledModels) -> None:
    """w15 (calculator7.snowdaycalculatornow.com): 0, 6 and 8 days late; its floor of zero changes nothing."""
    invoices = [
        ("4000", date(2026, 1, 1), date(2026, 1, 31), date(2026, 1, 31)),
        ("6000", date(2026, 1, 5), date(2026, 2, 4), date(2026, 2, 10)),
        ("2000", date(2026, 1, 10), date(2026, 1, 25), date(2026, 2, 2)),
    ]
    assert weighted(models, "days_late", invoices) == pytest.approx(4.33, abs=0.005)


def test_days_to_pay_weighted_by_amount(models: CompiledModels) -> None:
    """w17 (an idea for Dynamics 365 SCM, ideaid 4191bf6f): 10 paid after 5 days, 100 after 10."""
    issued = date(2026, 1, 1)
    invoices = [
        ("10", issued, issued, issued + timedelta(days=5)),
        ("100", issued, issued, issued + timedelta(days=10)),
    ]
    assert weighted(models, "days_to_pay", invoices) == pytest.approx(9.55, abs=0.005)


def test_uncollected_balances_by_month_of_sale(models: CompiledModels) -> None:
    """w29 (Brigham and Ehrhardt, Financial Management, mini case 27 g): what is open of each month's sales."""
    rows: list[Row] = [COMPANY, CUSTOMER]
    for month, (sold, cash) in enumerate([("100", "100"), ("200", "160"), ("300", "90")], start=1):
        on = date(2025, month, 10)
        rows += [invoice(f"I{month}", sold, on, due_date=on), *paid(cash, on, f"R{month}", f"I{month}")]
    with models.build(landed_in_order(rows, MID_MONTH)) as connection:
        query = "select open_balance / amount * 100, open_balance from marts.fct_invoices order by invoice_date"
        found = connection.execute(query).fetchall()
    assert [float(share) for share, _ in found] == pytest.approx([0, 20, 70], abs=1e-9)
    assert sum(balance for _, balance in found) == 250
