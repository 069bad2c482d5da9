"""NetSuite: the fixture's month ends to the cent, documents the fixture doesn't have, mistakes that are noticed."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from duebook.adapters.engine.definition import AdapterError
from duebook.adapters.landing import Made
from tests.support.adapters.month_ends import differences, made_of, rows_of, with_mistake
from tests.support.adapters.more_rows import with_more
from tests.support.adapters.seeds import NETSUITE, named
from tests.support.borrowed import SOURCES, SOURCES_DIR, needs_borrowed

SOURCE = SOURCES_DIR / "six_shapes" / "netsuite2_fivetran"
EXPECTED = SOURCES_DIR / "six_shapes" / "expected" / "netsuite2_fivetran_ar_monthly.csv"
SEEDS = SOURCES_DIR / "netsuite"

pytestmark = needs_borrowed(SOURCES)

DECLARED = "options: {write_off_accounts: ['6400'], discount_accounts: ['4050']}\n"
TRANSACTIONS, DOCUMENTS = "shapes/netsuite2/netsuite__transactions.sql", "views/netsuite__documents.sql"
PAIRS = "views/netsuite__pairs.sql"
MISTAKES = {
    "sign turned round": ("invoices.sql", "    amount,", "    -amount as amount,"),
    "voids kept": (DOCUMENTS, "case when transactions.is_voided then transactions.trandate end", "cast(null as date)"),
    "inactive history rows kept": (
        "adapter.yml",
        "        latest_by: [lastmodifieddate]\n        active: _fivetran_active\n        needs: {id: id, type",
        "        needs: {id: id, type",
    ),
    "drafts kept": (DOCUMENTS, "and transactions.posting", "and true"),
    "one link line for two": (PAIRS, "coalesce(sum(", "coalesce(max("),
    "links of other types taken": (PAIRS, "in ('Payment', 'DepRfnd')", "in ('Payment', 'DepRfnd', 'SaleRet')"),
    "deleted links kept": (PAIRS, "links._fivetran_deleted is not true then", "true then"),
    "applied on the invoice's day": (
        PAIRS,
        "greatest(debits.document_date, credits.document_date)",
        "debits.document_date",
    ),
    "credit memos not applied": ("applications.sql", "in ('receipt', 'credit_memo')", "in ('receipt')"),
    "first part payments left out": ("applications.sql", "where debit_kind", "where debit_id > '2' and debit_kind"),
    "discounts left out": ("adjustments.sql", "in ('write_off', 'discount')", "in ('write_off')"),
    "a secondary book kept": (
        "shapes/netsuite2/netsuite__declared_amounts.sql",
        "accountingbook = {{ option('accounting_book') }}",
        "true",
    ),
}  # fmt: skip
# Documents of kinds the fixture doesn't have: an invoice paid out of a deposit, written off in part by a journal; the
# deposit given back in part; a debit by a journal.
MORE = {
    "transaction": [
        {"id": 50000, "type": "CustInvc", "trandate": "2024-02-10", "duedate": "2024-03-10", "foreigntotal": 1000,
         "foreignamountunpaid": 500},
        {"id": 50001, "type": "CustDep", "trandate": "2024-02-01", "foreigntotal": -500,
         "foreignpaymentamountunused": 200},
        {"id": 50002, "type": "DepAppl", "trandate": "2024-03-05", "foreigntotal": -200},
        {"id": 50003, "type": "CustRfnd", "trandate": "2024-04-01", "foreigntotal": 100},
        {"id": 50004, "type": "Journal", "trandate": "2024-05-01"},
        {"id": 50005, "type": "Journal", "trandate": "2024-05-02"},
        {"id": 50006, "type": "CashSale", "trandate": "2024-05-02", "foreigntotal": 12},
    ],
    "transactionline": [
        {"transaction": 50004, "id": 0, "mainline": "F", "foreignamount": -300},
        {"transaction": 50004, "id": 1, "mainline": "F", "foreignamount": 300},
        {"transaction": 50005, "id": 0, "mainline": "F", "foreignamount": 70, "foreignamountunpaid": 70},
        {"transaction": 50005, "id": 1, "mainline": "F", "foreignamount": -70},
    ] + [{"transaction": one, "id": 0, "mainline": "T"} for one in range(50000, 50004)],
    "transactionaccountingline": [
        {"transaction": 50004, "transactionline": 0, "accountingbook": 1, "account": 119},
        {"transaction": 50004, "transactionline": 1, "accountingbook": 1, "account": 640},
        {"transaction": 50005, "transactionline": 0, "accountingbook": 1, "account": 119},
        {"transaction": 50005, "transactionline": 1, "accountingbook": 1, "account": 200},
    ],
    "nexttransactionlinelink": [
        {"previousdoc": 50001, "nextdoc": 50002, "linktype": "DepAppl", "foreignamount": 200},
        {"previousdoc": 50000, "nextdoc": 50002, "linktype": "Payment", "foreignamount": 200},
        {"previousdoc": 50001, "nextdoc": 50003, "linktype": "DepRfnd", "foreignamount": 100},
        {"previousdoc": 50000, "nextdoc": 50004, "linktype": "Payment", "foreignamount": 300},
    ],
}  # fmt: skip
SAME = {
    "transaction": {"entity": 100, "currency": 1, "exchangerate": 1, "voided": "F", "posting": "T"},
    "transactionline": {"subsidiary": 1, "entity": 100},
    "transactionaccountingline": {"posting": "T"},
    "nexttransactionlinelink": {"previousline": 0, "nextline": 0},
}


@pytest.fixture(scope="module")
def options(tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp("netsuite") / "options.yml"
    file.write_text(DECLARED, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def made(tmp_path_factory, options) -> Iterator[Made]:
    with made_of("netsuite", SOURCE, tmp_path_factory.mktemp("home"), options) as made:
        yield made


@pytest.fixture(scope="module")
def made_of_more(tmp_path_factory, options) -> Iterator[Made]:
    source = with_more(SOURCE, MORE, SAME, tmp_path_factory.mktemp("more"))
    with made_of("netsuite", source, tmp_path_factory.mktemp("home"), options) as made:
        yield made


def sums(made: Made, table: str, by: str) -> dict[object, tuple[int, Decimal]]:
    """Of a table's rows, by a column, how many there are and the sum of their amounts."""
    found: dict[object, tuple[int, Decimal]] = {}
    for row in rows_of(made.extracted, table):
        number, amount = found.get(row[by], (0, Decimal(0)))
        found[row[by]] = (number + 1, amount + row["amount"])
    return found


def is_wrong(made: Made) -> bool:
    """Whether month ends, or what was written off, differ from the fixture's."""
    written_off = {"write_off": (11, Decimal("-42680.62")), "discount": (11, Decimal("-1007.95"))}
    return differences(made.extracted, EXPECTED) != {} or sums(made, "adjustments", "adjustment_type") != written_off


def test_month_ends_are_the_expected_ones_to_the_cent(made) -> None:
    assert differences(made.extracted, EXPECTED) == {}
    assert not is_wrong(made)


def test_without_declared_accounts_receivables_are_the_same(tmp_path) -> None:
    with made_of("netsuite", SOURCE, tmp_path) as made:
        assert differences(made.extracted, EXPECTED) == {}
        assert made.extracted.rows["adjustments"] == 0


def test_the_tie_has_every_document_and_no_difference(made) -> None:
    assert (made.tie.documents, made.tie.differences) == (121 + 99 + 11, [])


def test_every_document_left_out_has_a_reason(made) -> None:
    assert {reason: number for _, reason, number in made.extracted.dropped} == {
        "booked to an account for discount: an adjustment of its invoices": 11,
        "booked to an account for write_off: an adjustment of its invoices": 11,
        "not posted": 1,
    }


def test_exchange_rates_are_units_of_the_companys_currency(made) -> None:
    rates = {row["currency_code"]: Decimal(row["exchange_rate"]) for row in rows_of(made.extracted, "invoices")}
    assert rates["USD"] == 1 and Decimal("1.08") < rates["EUR"] < Decimal("1.09")


def test_a_deposit_is_applied_by_the_document_between_it_and_the_invoice(made_of_more) -> None:
    applied = [row for row in rows_of(made_of_more.extracted, "applications") if row["invoice_id"] == "50000"]
    assert [(row["receipt_id"], row["applied_date"], row["amount"]) for row in applied] == [
        ("50001", date(2024, 3, 5), 200)
    ]


def test_a_refund_gives_back_what_is_left_of_a_deposit(made_of_more) -> None:
    refunds = rows_of(made_of_more.extracted, "refunds")
    assert [(row["receipt_id"], row["refund_date"], row["amount"]) for row in refunds] == [
        ("50001", date(2024, 4, 1), 100)
    ]


def test_journals_on_receivables_debit_or_write_off(made_of_more) -> None:
    debits = [row for row in rows_of(made_of_more.extracted, "invoices") if row["invoice_type"] == "debit_memo"]
    assert [(row["invoice_id"], row["customer_id"], row["amount"]) for row in debits] == [("50005:0", "100", 70)]
    assert sums(made_of_more, "adjustments", "invoice_id")["50000"] == (1, -300)
    assert made_of_more.tie.differences == []


def test_a_cash_sale_is_left_out_by_name(made_of_more) -> None:
    assert ("transaction", "CashSale is no document of accounts receivable", 1) in made_of_more.extracted.dropped


def test_a_deleted_document_of_which_nothing_is_left_is_a_tombstone(tmp_path) -> None:
    deleted = {"id": 3, "_fivetran_deleted": "true", "lastmodifieddate": "2025-04-01 12:00:00"}
    source = with_more(SOURCE, {"transaction": [deleted]}, {}, tmp_path)
    with made_of("netsuite", source, tmp_path) as made:
        con, tables = made.extracted.con, made.extracted.tables
        gone = con.execute(f"select invoice_id from {tables['invoices']} where is_deleted").fetchall()
        assert gone == [("3",)]
        assert "3" not in {row["invoice_id"] for row in rows_of(made.extracted, "applications")}


@pytest.mark.long
@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_its_sql_is_noticed(tmp_path, options, mistake) -> None:
    wrong = with_mistake("netsuite", mistake, tmp_path / "wrong")
    try:
        with made_of(wrong, SOURCE, tmp_path, options) as made:
            assert is_wrong(made)
    except AdapterError as refused:
        assert "several rows" in str(refused)


@pytest.fixture
def seeds(tmp_path) -> Path:
    """Fivetran's seeds under the names of the source's tables."""
    return named(SEEDS, NETSUITE, tmp_path / "seeds")


def test_without_links_of_payments_nothing_is_landed(tmp_path, seeds) -> None:
    with (
        pytest.raises(AdapterError, match="has no table nexttransactionlinelink"),
        made_of("netsuite", seeds, tmp_path),
    ):
        pass


def test_fivetrans_seeds_run_through_and_say_what_is_missing(tmp_path, seeds) -> None:
    # The subsidiaries' currency is not among the seeds of currencies.
    with (seeds / "currency.csv").open("a", encoding="utf-8") as file:
        file.write("\n1" + "," * 16 + "USD,\n")
    header = "previousdoc,previousline,nextdoc,nextline,linktype,foreignamount\n"
    (seeds / "nexttransactionlinelink.csv").write_text(header, encoding="utf-8")
    with made_of("netsuite", seeds, tmp_path) as made:
        assert {"transaction.foreigntotal", "transaction.voided", "transaction.exchangerate"} <= set(made.missing)
        assert (made.extracted.rows["companies"], made.extracted.rows["customers"]) == (2, 5)
        assert {reason for _, reason, _ in made.extracted.dropped} >= {"VendBill is no document of accounts receivable"}
