"""Odoo: the fixture's month ends to the cent, documents the fixture doesn't have, mistakes that are noticed."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from duebook.adapters.engine.definition import read_user_options
from duebook.adapters.landing import Made, land
from duebook.contract import read_contract
from duebook.settings import Settings
from tests.support.adapters.month_ends import differences, made_of, rows_of, with_mistake
from tests.support.adapters.more_rows import with_more
from tests.support.borrowed import SHAPES_DIR, SOURCES, needs_borrowed

SOURCE, EXPECTED = SHAPES_DIR / "odoo", SHAPES_DIR / "expected" / "odoo_ar_monthly.csv"

pytestmark = needs_borrowed(SOURCES)

DECLARED = "options: {write_off_accounts: ['640000'], discount_accounts: ['405000']}\n"
ITEMS, DOCUMENTS, PAIRS = "shapes/database/odoo__items.sql", "views/odoo__documents.sql", "views/odoo__pairs.sql"
MISTAKES = {
    "sign turned round": ("invoices.sql", "    amount,", "    -amount as amount,"),
    "cancelled documents kept": (DOCUMENTS, "case when state = 'cancel' then document_date end", "cast(null as date)"),
    "other accounts' lines kept": (ITEMS, "accounts.account_type = 'asset_receivable'", "true"),
    "applied when it was written": (PAIRS, "partials.max_date as", "date '2025-03-01' as"),
    "amounts in the company's currency": (ITEMS, "lines.amount_currency as amount", "lines.balance as amount"),
    "credit memos not applied": ("applications.sql", "in ('receipt', 'credit_memo')", "in ('receipt')"),
    "first part payments left out": ("applications.sql", "where debit_kind", "where pair_id > '20' and debit_kind"),
    "discounts left out": ("adjustments.sql", "in ('write_off', 'discount')", "in ('write_off')"),
}

# An invoice of a contact in two instalments, paid with a discount; one in euro, paid in dollars; a bounced payment;
# a credit memo that was paid out; a draft, a bill of a supplier, an exchange difference.
AR, CASH, DISCOUNT, SALES = 121, 101, 405, 400
MOVES = [
    (9001, "out_invoice", "posted", "2024-06-01", {"partner_id": 900}),
    (9002, "entry", "posted", "2024-06-10", {}),
    (9003, "out_invoice", "posted", "2024-06-01", {}),
    (9004, "entry", "posted", "2024-06-12", {}),
    (9005, "entry", "posted", "2024-06-14", {}),
    (9006, "entry", "posted", "2024-06-20", {"reversed_entry_id": 9005}),
    (9007, "out_refund", "posted", "2024-06-05", {}),
    (9008, "entry", "posted", "2024-06-25", {}),
    (9009, "out_invoice", "draft", "2024-06-05", {}),
    (9010, "in_invoice", "posted", "2024-06-05", {}),
    (9011, "entry", "posted", "2024-06-12", {}),
]
LINES = [
    (90011, 9001, AR, 400, {"date_maturity": "2024-06-15"}),
    (90012, 9001, AR, 600, {"date_maturity": "2024-07-01"}),
    (90013, 9001, SALES, -1000, {}),
    (90021, 9002, AR, -400, {}),
    (90022, 9002, CASH, 390, {}),
    (90023, 9002, DISCOUNT, 10, {}),
    (90031, 9003, AR, 100, {"currency_id": 1, "balance": 108, "date_maturity": "2024-07-01"}),
    (90041, 9004, AR, -110, {}),
    (90042, 9004, CASH, 110, {}),
    (90051, 9005, AR, -70, {}),
    (90052, 9005, CASH, 70, {}),
    (90061, 9006, AR, 70, {}),
    (90062, 9006, CASH, -70, {}),
    (90071, 9007, AR, -30, {}),
    (90081, 9008, AR, 30, {}),
    (90082, 9008, CASH, -30, {}),
    (90091, 9009, AR, 55, {}),
    (90101, 9010, AR, -5, {}),
    (90111, 9011, AR, 0, {"currency_id": 1, "balance": -2}),
]
PARTIALS = [
    (9901, 90011, 90021, 400, 400, "2024-06-10"),
    (9902, 90031, 90041, 100, 110, "2024-06-12"),
    (9903, 90061, 90051, 70, 70, "2024-06-20"),
    (9904, 90081, 90071, 30, 30, "2024-06-25"),
    (9905, 90031, 90111, 0, 0, "2024-06-12"),
]
LEFT = {90012: 600}
MORE = {
    "account_move": [
        {"id": one, "move_type": kind, "state": state, "invoice_date": day, "date": day} | other
        for one, kind, state, day, other in MOVES
    ],
    "account_move_line": [
        {
            "id": one,
            "move_id": move,
            "account_id": account,
            "amount_currency": amount,
            "balance": amount,
            "amount_residual_currency": LEFT.get(one, 0),
        }
        | other
        for one, move, account, amount, other in LINES
    ],
    "account_partial_reconcile": [
        {
            "id": one,
            "debit_move_id": debit,
            "credit_move_id": credit,
            "amount": of_debit,
            "debit_amount_currency": of_debit,
            "credit_amount_currency": of_credit,
            "max_date": day,
        }
        for one, debit, credit, of_debit, of_credit, day in PARTIALS
    ],
    "res_partner": [{"id": 900, "name": "Ann of Customer 01", "parent_id": 101, "commercial_partner_id": 101}],
}
SAME = {
    "account_move": {"company_id": 1, "partner_id": 101, "commercial_partner_id": 101},
    "account_move_line": {"partner_id": 101, "date": "2024-06-01", "currency_id": 2},
}


@pytest.fixture(scope="module")
def options(tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp("odoo") / "options.yml"
    file.write_text(DECLARED, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def made(tmp_path_factory, options) -> Iterator[Made]:
    with made_of("odoo", SOURCE, tmp_path_factory.mktemp("home"), options) as made:
        yield made


@pytest.fixture(scope="module")
def made_of_more(tmp_path_factory, options) -> Iterator[Made]:
    source = with_more(SOURCE, MORE, SAME, tmp_path_factory.mktemp("more"))
    with made_of("odoo", source, tmp_path_factory.mktemp("home"), options) as made:
        yield made


def of(made: Made, table: str, **where: object) -> list[dict[str, object]]:
    """Rows of a table of the contract, of which some columns have these values."""
    return [row for row in rows_of(made.extracted, table) if all(row[name] == one for name, one in where.items())]


def is_wrong(made: Made) -> bool:
    """Whether month ends, or what was written off, differ from the fixture's."""
    found = {
        kind: sum(row["amount"] for row in of(made, "adjustments", adjustment_type=kind))
        for kind in ("write_off", "discount")
    }
    written_off = {"write_off": Decimal("-42680.62"), "discount": Decimal("-1007.95")}
    return differences(made.extracted, EXPECTED) != {} or found != written_off


def test_month_ends_are_the_expected_ones_to_the_cent(made) -> None:
    assert differences(made.extracted, EXPECTED) == {}
    assert not is_wrong(made)


def test_without_declared_accounts_receivables_are_the_same(tmp_path) -> None:
    with made_of("odoo", SOURCE, tmp_path) as made:
        assert differences(made.extracted, EXPECTED) == {}
        assert made.extracted.rows["adjustments"] == 0


def test_the_tie_has_every_document_and_no_difference(made) -> None:
    assert (made.tie.documents, made.tie.differences) == (121 + 99 + 11, [])


def test_an_invoice_of_a_contact_is_owed_by_its_company_in_instalments(made_of_more) -> None:
    [invoice] = of(made_of_more, "invoices", invoice_id="9001")
    assert (invoice["customer_id"], invoice["amount"], invoice["due_date"]) == ("101", 1000, date(2024, 7, 1))
    parts = [(row["due_date"], row["amount"]) for row in of(made_of_more, "instalments")]
    assert sorted(parts) == [(date(2024, 6, 15), 400), (date(2024, 7, 1), 600)]
    assert of(made_of_more, "customers", customer_id="900") == []


def test_what_a_payment_credits_beside_its_cash_is_a_discount(made_of_more) -> None:
    [receipt] = of(made_of_more, "receipts", receipt_id="9002:90021")
    [applied] = of(made_of_more, "applications", receipt_id="9002:90021")
    assert (receipt["amount"], applied["amount"], applied["discount_amount"]) == (390, 390, 10)


def test_a_payment_in_another_currency_has_its_own_amount(made_of_more) -> None:
    [applied] = of(made_of_more, "applications", invoice_id="9003")
    assert (applied["amount"], applied["source_amount"], applied["receipt_id"]) == (100, 110, "9004:90041")


def test_a_bounced_payment_is_reversed_and_a_paid_out_memo_refunded(made_of_more) -> None:
    [reversal], [refund] = of(made_of_more, "reversals"), of(made_of_more, "refunds")
    assert (reversal["receipt_id"], reversal["amount"]) == ("9005:90051", 70)
    assert (refund["credit_memo_id"], refund["amount"]) == ("9007", 30)


def test_drafts_and_suppliers_documents_are_left_out_by_name(made_of_more) -> None:
    assert made_of_more.extracted.dropped == [
        ("account_move", "draft", 1),
        ("account_move", "in_invoice is no document of a customer", 1),
    ]


def test_with_these_documents_too_the_tie_has_no_difference(made_of_more) -> None:
    assert made_of_more.tie.differences == []


def test_an_application_that_was_undone_is_a_tombstone_of_a_full_export(tmp_path) -> None:
    """Odoo deletes the row; nothing else says that it was there."""
    options = tmp_path / "options.yml"
    options.write_text("exports: full\n", encoding="utf-8")
    source = with_more(SOURCE, {}, {}, tmp_path)
    user, contract = read_user_options(options), read_contract()
    settings = Settings(home=tmp_path, landing=tmp_path / "landing")
    landed = []
    for _ in range(2):
        with made_of("odoo", source, tmp_path, options) as made:
            landed.append(land(made, user, settings, contract, print))
        file = source / "account_partial_reconcile.csv"
        header, _, *others = file.read_text(encoding="utf-8").splitlines()
        file.write_text("\n".join([header, *others]) + "\n", encoding="utf-8")
    [applications] = landed[1].files
    assert applications.parent.name == "applications"
    rows = duckdb.execute(f"select application_id, is_deleted from '{applications}'").fetchall()
    assert rows == [("1", True)]


@pytest.mark.long
@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_its_sql_is_noticed(tmp_path, options, mistake) -> None:
    with made_of(with_mistake("odoo", mistake, tmp_path / "wrong"), SOURCE, tmp_path, options) as made:
        assert is_wrong(made)
