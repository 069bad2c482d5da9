"""QuickBooks Online in both shapes: month ends of the fixture, cases it has no document for, noticed mistakes."""

from datetime import date
from pathlib import Path

import pytest

from duebook.adapters.engine.definition import AdapterError
from duebook.adapters.landing import Request, land, make, work_database
from duebook.contract import read_contract
from duebook.settings import Settings
from tests.support.adapters.month_ends import with_mistake
from tests.support.adapters.other_shape import quickbooks_as_airbyte
from tests.support.adapters.outcome import Outcome, outcome_of, write_tables
from tests.support.borrowed import SOURCES, SOURCES_DIR, needs_borrowed

FIXTURE, SEEDS = SOURCES_DIR / "six_shapes" / "qbo_fivetran", SOURCES_DIR / "quickbooks"
EXPECTED = SOURCES_DIR / "six_shapes" / "expected" / "qbo_fivetran_ar_monthly.csv"

needs_fixtures = needs_borrowed(SOURCES)

COMPANY = "companies: [{company_id: main, currency: USD}]\n"
DECLARED = COMPANY + "options: {write_off_accounts: [Bad debts], discount_accounts: ['86']}\n"
STANDING = {"invoices": 121, "credit_memos": 11, "receipts": 99, "applications": 110, "adjustments": 22}

IN_BOTH = {
    "sign turned round": ("invoices.sql", "    amount,", "    -amount as amount,"),
    "voids kept": ("views/quickbooks__documents.sql", "like 'void%'", "like 'never%'"),
    "currency rate reciprocal": (
        "views/quickbooks__documents.sql",
        "else documents.exchange_rate",
        "else 1 / documents.exchange_rate",
    ),
    "payments of 0 left out": (
        "views/quickbooks__pairs.sql",
        "where debits.side",
        "where payments.amount > 0 and debits.side",
    ),
    "one link line for two": ("views/quickbooks__links.sql", "where amount > 0", "where amount > 0 and line_no = 0"),
    "first part payments left out": ("applications.sql", "where", "where transaction_date > '2024-03-31' and"),
    "discounts left out": ("adjustments.sql", "('write_off', 'discount')", "('write_off')"),
}
MISTAKES = {name: ("fivetran", *mistake) for name, mistake in IN_BOTH.items()} | {
    "deleted rows kept": (
        "fivetran",
        "shapes/fivetran/quickbooks__transactions.sql",
        "coalesce(payments._fivetran_deleted, false)",
        "false",
    ),
    "superseded versions kept": ("airbyte", "adapter.yml", "[MetaData.LastUpdatedTime, _airbyte_extracted_at]", "[]"),
    "links read from the first line only": (
        "airbyte",
        "shapes/airbyte/quickbooks__payment_lines.sql",
        "from links",
        "from links where line_no = 0",
    ),
}


def options_file(folder: Path, text: str) -> Path:
    file = folder / "options.yml"
    file.write_text(text, encoding="utf-8")
    return file


def write_fivetran(folder: Path, tables: dict[str, str]) -> Path:
    """Write tables by hand; no document is deleted."""
    documents = {"invoice", "credit_memo", "payment", "journal_entry", "deposit"}
    with_flag = {
        name: "\n".join(
            line + (",_fivetran_deleted" if place == 0 else ",false") for place, line in enumerate(text.splitlines())
        )
        for name, text in tables.items()
        if name in documents
    }
    return write_tables(folder, tables | with_flag)


@pytest.fixture(scope="module")
def shapes(tmp_path_factory) -> dict[str, Path]:
    """The fixture in both shapes."""
    return {"fivetran": FIXTURE, "airbyte": quickbooks_as_airbyte(FIXTURE, tmp_path_factory.mktemp("q") / "airbyte")}


@pytest.fixture(scope="module")
def outcomes(shapes, tmp_path_factory) -> dict[str, Outcome]:
    """What comes of it."""
    home = tmp_path_factory.mktemp("home")
    options = options_file(home, DECLARED)
    return {name: outcome_of("quickbooks", source, home, options, EXPECTED) for name, source in shapes.items()}


def is_right(outcome: Outcome) -> bool:
    standing = {table: len(outcome.rows[table]) for table in STANDING}
    rates = [row["rate"] for row in outcome.rows["exchange_rates"]]
    return outcome.off == {} and not outcome.tie.differences and standing == STANDING and min(rates) > 1


@needs_fixtures
@pytest.mark.parametrize("shape", ["fivetran", "airbyte"])
def test_month_ends_are_the_expected_ones_to_the_cent(outcomes, shape) -> None:
    assert outcomes[shape].shape == shape
    assert outcomes[shape].off == {}


@needs_fixtures
@pytest.mark.parametrize("shape", ["fivetran", "airbyte"])
def test_the_tie_has_every_document_and_no_difference(outcomes, shape) -> None:
    # 121 invoices, 33 credit memos (22 of them write-offs and discounts) and 132 payments stand.
    assert (outcomes[shape].tie.documents, outcomes[shape].tie.differences) == (286, [])


@needs_fixtures
def test_both_shapes_land_the_same_rows(outcomes) -> None:
    assert outcomes["fivetran"].rows == outcomes["airbyte"].rows
    assert {table: len(rows) for table, rows in outcomes["airbyte"].rows.items() if table in STANDING} == STANDING


@needs_fixtures
def test_voided_and_deleted_documents_are_tombstones(outcomes) -> None:
    gone = outcomes["fivetran"].tombstones
    assert (len(gone["invoices"]), "9000" in gone["invoices"]) == (12, True)
    assert gone["credit_memos"] == ["39001"]
    assert gone["applications"] == ["29001-1-1"]


@needs_fixtures
def test_undeclared_write_offs_and_discounts_are_credit_memos(tmp_path, shapes) -> None:
    outcome = outcome_of("quickbooks", FIXTURE, tmp_path, options_file(tmp_path, COMPANY), EXPECTED)
    assert (outcome.off, outcome.tie.differences) == ({}, [])
    assert {table: len(outcome.rows[table]) for table in ("credit_memos", "adjustments")} == {
        "credit_memos": 33,
        "adjustments": 0,
    }


@needs_fixtures
@pytest.mark.long
@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_its_sql_is_noticed(tmp_path, shapes, mistake) -> None:
    shape, *change = mistake
    wrong = with_mistake("quickbooks", tuple(change), tmp_path / "wrong")
    outcome = outcome_of(wrong, shapes[shape], tmp_path, options_file(tmp_path, DECLARED), EXPECTED)
    assert not is_right(outcome)


@needs_fixtures
def test_right_is_what_no_mistake_is(outcomes) -> None:
    assert all(map(is_right, outcomes.values()))


@needs_fixtures
def test_documents_that_do_not_add_up_to_their_own_balances_are_named(tmp_path) -> None:
    names = ", ".join(f"{file.stem.removesuffix('_data')}: {file.stem}" for file in sorted(SEEDS.glob("*_data.csv")))
    wanted = {"invoice", "payment", "payment_line", "credit_memo", "credit_memo_line", "customer", "account"}
    wanted |= {"journal_entry", "journal_entry_line", "deposit", "deposit_line"}
    tables = ", ".join(one for one in names.split(", ") if one.split(":")[0] in wanted)
    outcome = outcome_of("quickbooks", SEEDS, tmp_path, options_file(tmp_path, f"{COMPANY}tables: {{{tables}}}\n"))
    off = {one.document_id: (one.ours, one.theirs) for one in outcome.tie.differences if one.document_type == "invoice"}
    assert off == {"40113": (565214, 55650), "50001": (0, 1000)}
    # Eleven invoices were deleted: nothing of them is left but their ids.
    assert len(outcome.tombstones["invoices"]) == 11


def test_a_company_has_to_be_declared(tmp_path) -> None:
    source = write_fivetran(
        tmp_path / "source",
        {
            "customer": "id\n1",
            "invoice": "id,customer_id,transaction_date,total_amount\n1,1,2024-01-01,10",
            "payment": "id,customer_id,transaction_date,total_amount",
            "payment_line": "payment_id,index,amount,invoice_id",
        },
    )
    with pytest.raises(AdapterError, match="which currency the company keeps its books in"):
        outcome_of("quickbooks", source, tmp_path)


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory) -> Outcome:
    """Documents the fixture doesn't have, each with the balance that QuickBooks would show."""
    folder = tmp_path_factory.mktemp("by_hand")
    source = write_fivetran(
        folder / "source",
        {
            "customer": "id,display_name,sales_term_id,active,updated_at\n1,A,7,true,2024-01-01\n2,B,,false,2024-05-01",
            "term": "id,due_days\n7,30",
            "payment_method": "id,name\n3,Check",
            "account": (
                "id,name,account_type,account_sub_type\n84,AR,Accounts Receivable,\n35,Checking,Bank,\n"
                "88,Bad debts,Expense,\n90,Opening,Equity,OpeningBalanceEquity\n79,Sales,Income,"
            ),
            "invoice": (
                "id,customer_id,transaction_date,due_date,total_amount,balance,deposit,currency_id,exchange_rate\n"
                "1,1,2024-01-01,2024-01-31,100,75,25,USD,\n"
                "2,1,2024-01-02,2024-01-31,100,0,,USD,\n"
                "3,1,2024-01-03,2024-01-31,50,0,,,\n"
                "4,1,2024-01-04,2024-01-31,40,0,,USD,\n"
            ),
            "credit_memo": (
                "id,customer_id,transaction_date,total_amount,remaining_credit\n11,1,2024-01-05,30,0\n"
                "12,1,2024-01-05,50,0\n13,1,2024-01-06,15,5"
            ),
            "credit_memo_line": (
                "credit_memo_id,index,sales_item_account_id,sales_item_item_id\n11,0,79,\n12,0,79,\n"
                "13,0,88,\n13,1,79,\n13,2,,"
            ),
            "payment": (
                "id,customer_id,transaction_date,total_amount,unapplied_amount,payment_method_id\n"
                "21,1,2024-02-01,70,0,3\n22,1,2024-02-02,0,0,\n23,1,2024-02-03,0,0,\n24,1,2024-02-04,0,0,\n"
                "25,1,2024-02-05,0,0,\n26,1,2024-02-06,0,0,"
            ),
            "payment_line": (
                "payment_id,index,amount,invoice_id,credit_memo_id,journal_entry_id,deposit_id,check_id\n"
                # 70 in cash and a memo of 30 pay an invoice of 100.
                "21,0,100,2,,,,\n21,1,30,,11,,,\n"
                # One line links the invoice and the memo that pays it.
                "22,0,50,3,12,,,\n"
                # A check gives 10 of a memo back.
                "23,0,10,,,,,501\n23,1,10,,13,,,\n"
                # A journal writes 15 off; a deposit pays 25 of what is left.
                "24,0,15,4,,,,\n24,1,15,,,41,,\n25,0,25,4,,,,\n25,1,25,,,,61,\n"
                # A receipt that was entered as a journal pays what a journal took over.
                "26,0,200,,,42,,\n26,1,200,,,43,,\n"
            ),
            "journal_entry": (
                "id,transaction_date,doc_number\n41,2024-01-20,J1\n42,2023-12-31,J2\n43,2024-01-21,J3\n44,2024-01-22,J4"
            ),
            "journal_entry_line": (
                "journal_entry_id,index,account_id,posting_type,amount,customer_id\n"
                "41,0,84,Credit,15,1\n41,1,88,Debit,15,\n42,0,84,Debit,200,1\n42,1,84,Debit,70,2\n42,2,90,Credit,270,\n"
                "43,0,84,Credit,200,1\n43,1,35,Debit,200,\n44,0,84,Debit,9,\n44,1,79,Credit,9,"
            ),
            "deposit": "id,transaction_date\n61,2024-01-25",
            "deposit_line": (
                "deposit_id,index,amount,deposit_account_id,deposit_customer_id\n61,0,20,84,1\n61,1,5,84,1\n61,2,7,79,1"
            ),
        },
    )
    return outcome_of("quickbooks", source, folder, options_file(folder, DECLARED))


def test_what_is_open_is_what_quickbooks_says(by_hand) -> None:
    # Journals and the deposit have no balance of their own: four invoices, three memos, six payments, one deposit.
    assert (by_hand.tie.documents, by_hand.tie.differences) == (14, [])


def test_memos_fill_the_invoices_of_their_payment_and_cash_the_rest(by_hand) -> None:
    paid = by_hand.amounts("applications", "application_id", "invoice_id", "receipt_id", "credit_memo_id", "amount")
    assert {key: paid[key] for key in ("21-1-1", "21-1-2")} == {
        "21-1-1": ("2", None, "11", "30"),
        "21-1-2": ("2", "21", None, "70"),
    }


def test_one_line_may_link_an_invoice_and_the_memo_that_pays_it(by_hand) -> None:
    paid = by_hand.amounts("applications", "application_id", "invoice_id", "receipt_id", "credit_memo_id", "amount")
    assert paid["22-1-1"] == ("3", None, "12", "50")


def test_a_deposit_on_an_invoice_is_a_receipt_of_its_day(by_hand) -> None:
    receipts = by_hand.amounts("receipts", "receipt_id", "receipt_date", "amount")
    assert receipts["1-deposit"] == (date(2024, 1, 1), "25")
    paid = by_hand.amounts("applications", "application_id", "invoice_id", "receipt_id", "amount")
    assert paid["1-deposit"] == ("1", "1-deposit", "25")


def test_a_check_that_is_linked_to_a_memo_is_a_refund(by_hand) -> None:
    refunds = by_hand.amounts("refunds", "refund_id", "credit_memo_id", "refund_date", "amount")
    assert refunds == {"23-1-1": ("13", date(2024, 2, 3), "10")}


def test_a_memo_only_partly_to_the_account_of_write_offs_is_a_credit_memo(by_hand) -> None:
    assert {row["credit_memo_id"] for row in by_hand.rows["credit_memos"]} == {"11", "12", "13"}


def test_journals_on_receivables_are_what_their_other_side_says(by_hand) -> None:
    invoices = by_hand.amounts("invoices", "invoice_id", "invoice_type", "amount")
    assert {key: invoices[key] for key in ("42-1", "42-2")} == {
        "42-1": ("opening_balance", "200"),
        "42-2": ("opening_balance", "70"),
    }
    receipts = by_hand.amounts("receipts", "receipt_id", "amount")
    # A deposit's two lines for one customer are one receipt; its line on another account is none.
    assert (receipts["43-1"], receipts["61-1"]) == (("200",), ("25",))
    adjustments = by_hand.amounts("adjustments", "adjustment_id", "invoice_id", "adjustment_type", "amount")
    assert adjustments == {"24-1-1": ("4", "write_off", "-15")}
    paid = by_hand.amounts("applications", "application_id", "invoice_id", "receipt_id", "amount")
    assert (paid["25-1-1"], paid["26-1-1"]) == (("4", "61-1", "25"), ("42-1", "43-1", "200"))


def test_what_is_left_out_has_a_reason(by_hand) -> None:
    assert by_hand.dropped == [
        ("journal entry line", "posts to receivables without a customer", 1),
        ("receipt", "a payment of 0, which only applies credits", 5),
    ]


def test_terms_and_closed_customers_are_landed(by_hand) -> None:
    customers = by_hand.amounts("customers", "customer_id", "payment_terms_days", "closed_date")
    assert customers == {"1": (30, None), "2": (None, date(2024, 5, 1))}
    assert by_hand.amounts("receipts", "receipt_id", "payment_method")["21"] == ("Check",)


def test_a_document_that_is_voided_after_it_was_landed_becomes_a_tombstone(tmp_path) -> None:
    header = "id,customer_id,transaction_date,total_amount,balance,private_note"
    # The second invoice came and was voided between two landings: nothing is known of it.
    versions = [
        f"{header}\n1,1,2024-01-01,10,10,",
        f"{header}\n1,1,2024-01-01,0,0,Voided by mistake\n2,1,2024-01-02,0,0,Voided",
    ]
    settings, contract = Settings(home=tmp_path / "home", landing=tmp_path / "landing"), read_contract()
    landed = []
    for place, invoices in enumerate(versions):
        tables = {
            "customer": "id\n1",
            "invoice": invoices,
            "payment": "id,customer_id,transaction_date,total_amount",
            "payment_line": "payment_id,index,amount,invoice_id",
        }
        source = write_fivetran(tmp_path / str(place), tables)
        with work_database(settings) as con:
            request = Request("quickbooks", str(source), options=options_file(tmp_path, COMPANY))
            made, user = make(con, request, settings, contract, print)
            files = land(made, user, settings, contract, print).files
            landed += con.execute(
                "select invoice_id, is_deleted from read_parquet($1)",
                [[str(file) for file in files if file.parent.name == "invoices"]],
            ).fetchall()
    assert landed == [("1", False), ("1", True)]


def test_schemas_of_two_companies_do_not_mix(tmp_path) -> None:
    tables = {
        "customer": "id\n1",
        "invoice": "id,customer_id,transaction_date,total_amount,balance\n1,1,2024-01-01,10,0",
        "payment": "id,customer_id,transaction_date,total_amount,unapplied_amount\n1,1,2024-01-02,10,0",
        "payment_line": "payment_id,index,amount,invoice_id\n1,0,10,1",
    }
    for schema in ("qbo_uk", "qbo_us"):
        write_fivetran(tmp_path / "source" / schema, tables)
    uk, us = "{company_id: UK, currency: GBP, schema: qbo_uk}", "{company_id: US, currency: USD, schema: qbo_us}"
    companies = f"companies: [{uk}, {us}]\n"
    outcome = outcome_of("quickbooks", tmp_path / "source", tmp_path, options_file(tmp_path, companies))
    assert outcome.amounts("invoices", "invoice_id", "company_id", "customer_id", "currency_code") == {
        "UK:1": ("UK", "UK:1", "GBP"),
        "US:1": ("US", "US:1", "USD"),
    }
    assert (outcome.tie.documents, outcome.tie.differences) == (4, [])
