"""Lists that nobody prepared: how people write numbers and dates, and what can't be used.

Not here: several faults at once, by each command (test_adapters_six_faults.py).
"""

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from openpyxl import Workbook

from duebook.adapters.engine.definition import AdapterError
from duebook.adapters.flat.cells import date_format, value
from duebook.adapters.flat.mapping import Numbers, presets, read_mapping
from duebook.adapters.landing import Request, make, work_database
from duebook.contract import read_contract
from duebook.settings import Settings
from tests.support.adapters.month_ends import rows_of

INVOICES = """
grain: invoice
columns: {customer_id: Customer, invoice_id: Number, invoice_date: Date, amount: Amount}
constants: {company_id: ACME, currency_code: EUR}
"""


def read(kind: str, cell: str, dates: tuple[str, ...] = ("YYYY-MM-DD",), **style: object) -> object:
    [(found,)] = duckdb.execute(f"select {value('$cell', kind, dates, Numbers(**style))}", {"cell": cell}).fetchall()
    return found


@pytest.mark.parametrize(
    ("cell", "style", "amount"),
    [
        ("1234.56", {}, "1234.56"),
        ("1,234.56", {}, None),
        ("1,234.56", {"thousands": ","}, "1234.56"),
        ("12,34.56", {"thousands": ","}, None),
        ("1.234,56", {"decimal": ",", "thousands": "."}, "1234.56"),
        ("1 234,56", {"decimal": ",", "thousands": " "}, "1234.56"),
        ("1\u00a0234,56", {"decimal": ",", "thousands": " "}, "1234.56"),
        ("1'234.56", {"thousands": "'"}, "1234.56"),
        ("-5", {}, "-5"),
        ("5-", {}, None),
        ("5-", {"negative": ["trailing_minus"]}, "-5"),
        ("-5", {"negative": ["trailing_minus"]}, None),
        ("(5.00)", {"negative": ["parentheses"]}, "-5"),
        ("€ 5.00", {}, None),
        ("€ 5.00", {"symbols": "strip"}, "5"),
        ("5.00 EUR", {"symbols": "strip"}, "5"),
        ("five", {"symbols": "strip"}, None),
    ],
)
def test_a_number_is_read_as_it_is_declared_to_be_written_or_not_at_all(cell, style, amount) -> None:
    assert read("money", cell, **style) == (None if amount is None else Decimal(amount))


@pytest.mark.parametrize(
    ("cell", "formats", "day"),
    [
        ("2024-02-01", ("DD/MM/YYYY",), "2024-02-01"),
        ("01/02/2024", ("DD/MM/YYYY",), "2024-02-01"),
        ("01/02/2024", ("MM/DD/YYYY",), "2024-01-02"),
        ("1/2/2024", ("M/D/YYYY",), "2024-01-02"),
        ("31.12.2024", ("DD/MM/YYYY", "DD.MM.YYYY"), "2024-12-31"),
        ("31.02.2024", ("DD.MM.YYYY",), None),
        ("20241231", ("YYYYMMDD",), "2024-12-31"),
        ("01/02/2024", ("YYYY-MM-DD",), None),
    ],
)
def test_a_date_is_read_by_the_first_format_that_fits(cell, formats, day) -> None:
    found = read("date", cell, formats)
    assert (found and found.isoformat()) == day


@pytest.mark.parametrize(
    ("written", "known"), [("DD/MM/YYYY", True), ("DD/MM", False), ("DD/DD/YYYY", False), ("x", False)]
)
def test_a_date_format_has_a_day_a_month_and_a_year(written, known) -> None:
    assert (date_format(written) is not None) == known


def invoices(folder: Path, file: Path, mapping: str) -> list[dict[str, object]]:
    """The invoices made of a list."""
    (folder / "mapping.yml").write_text(mapping, encoding="utf-8")
    settings = Settings(home=folder / "home", landing=folder / "landing")
    with work_database(settings) as con:
        request = Request("flat", str(file), str(folder / "mapping.yml"))
        made, _ = make(con, request, settings, read_contract(), print)
        return sorted(rows_of(made.extracted, "invoices"), key=lambda row: str(row["invoice_id"]))


def text(folder: Path, content: str, encoding: str = "utf-8") -> Path:
    file = folder / "list.csv"
    file.write_bytes(content.encode(encoding))
    return file


@pytest.mark.parametrize(("again", "is_refused"), [("5", True), ("0", True), ("-5", False)])
def test_an_invoice_and_a_credit_memo_may_have_one_number_and_two_invoices_may_not(tmp_path, again, is_refused) -> None:
    file = text(tmp_path, f"Customer,Number,Date,Amount\nC1,1,2024-01-01,5\nC1,1,2024-01-02,{again}\n")
    if is_refused:
        with pytest.raises(AdapterError, match=r"list\.csv, line 2: '1'; .*list\.csv, line 3: '1'"):
            invoices(tmp_path, file, INVOICES)
    else:
        assert len(invoices(tmp_path, file, INVOICES)) == 1


@pytest.mark.parametrize(("word", "is_known"), [("receipt", True), ("Receipt", False), ("RV", False)])
def test_a_kind_is_one_of_the_engines_words_or_is_explained(tmp_path, word, is_known) -> None:
    file = text(tmp_path, f"Customer,Number,Date,Amount,Kind\nC1,1,2024-01-01,-5,{word}\n")
    mapping = INVOICES.replace("grain: invoice", "grain: item").replace("invoice_", "item_")
    mapping = mapping.replace("Amount}", "Amount, kind: Kind}")
    if is_known:
        assert invoices(tmp_path, file, mapping) == []
    else:
        with pytest.raises(AdapterError, match=r"expected one of invoice, credit_memo, receipt.*columns\.kind\.map"):
            invoices(tmp_path, file, mapping)


ITEMS = """
grain: item
columns: {customer_id: Customer, item_id: Number, item_date: Date, amount: Amount, kind: {column: Kind, optional: true}}
constants: {company_id: ACME, currency_code: EUR}
"""


def kinds(folder: Path, lines: str, amounts: str) -> dict[str, Decimal]:
    """By kind of document, the amount that a list of items gives; `lines` are Kind,Amount."""
    (folder / "mapping.yml").write_text(f"{ITEMS}options: {{amounts: {amounts}}}\n", encoding="utf-8")
    rows = "".join(f"C1,{n},2024-01-01,{line}\n" for n, line in enumerate(lines.split()))
    file = text(folder, f"Customer,Number,Date,Kind,Amount\n{rows}")
    settings = Settings(home=folder / "home", landing=folder / "landing")
    with work_database(settings) as con:
        request = Request("flat", str(file), str(folder / "mapping.yml"))
        made, _ = make(con, request, settings, read_contract(), print)
        found = {name: rows_of(made.extracted, name) for name in ("invoices", "credit_memos", "receipts")}
        return {name: sum(row["amount"] for row in rows) for name, rows in found.items() if rows}


@pytest.mark.parametrize(
    ("amounts", "line", "said"),
    [
        (
            "signed",
            "credit_memo,100",
            r"Kind \(kind\): expected credit memos and receipts below.* line 2",
        ),
        ("signed", "receipt,0.01", "expected credit memos and receipts below zero"),
        ("signed", "invoice,-1", "expected an invoice above zero"),
        ("unsigned", "receipt,-1", "expected no amount below zero"),
        ("unsigned", ",1", "expected a kind"),
        ("sigend", "invoice,1", r"sigend is no value of options\.amounts: did you mean signed\?"),
    ],
)
def test_a_kind_that_contradicts_its_amount_is_refused_by_line(tmp_path, amounts, line, said) -> None:
    with pytest.raises(AdapterError, match=said):
        kinds(tmp_path, line, amounts)


@pytest.mark.parametrize(
    ("amounts", "lines", "found"),
    [
        ("signed", "invoice,600 credit_memo,-100 receipt,-50", {"invoices": 600, "credit_memos": 100, "receipts": 50}),
        ("unsigned", "invoice,600 credit_memo,100 receipt,50", {"invoices": 600, "credit_memos": 100, "receipts": 50}),
        ("reversals", "invoice,600 receipt,100 invoice,-50", {"invoices": 700, "credit_memos": 50}),
        ("signed", ",600 ,-50", {"invoices": 600, "receipts": 50}),
    ],
)
def test_what_an_item_is_follows_from_its_kind_and_how_amounts_are_written(tmp_path, amounts, lines, found) -> None:
    assert kinds(tmp_path, lines, amounts) == found


@pytest.mark.parametrize(
    ("line", "receipt", "applied", "rule"),
    [
        ("100,2024-02-01,", 100, 100, None),
        ("100,2024-02-01,100", 100, 100, None),
        ("100,2024-02-01,99.99", Decimal("99.99"), Decimal("99.99"), "parts_as_one"),
        ("100,2024-02-01,40", 40, 40, "parts_as_one"),
        ("100,2024-02-01,110", 110, 100, None),
        ("100,2024-02-01,0", None, None, None),
        ("100,,0", None, None, None),
        ("100,,40", "expected a paid_date", None, None),
        ("100,2024-02-01,-40", "expected an amount with the sign", None, None),
    ],
)
def test_an_invoice_paid_in_part_has_a_receipt_of_that_amount_whose_day_is_by_policy(
    tmp_path, line, receipt, applied, rule
) -> None:
    (tmp_path / "mapping.yml").write_text(
        INVOICES.replace("Amount}", "Amount, paid_date: Paid, paid_amount: Part}"), encoding="utf-8"
    )
    file = text(tmp_path, f"Customer,Number,Date,Amount,Paid,Part\nC1,1,2024-01-01,{line}\n")
    settings = Settings(home=tmp_path / "home", landing=tmp_path / "landing")
    with work_database(settings) as con:
        request = Request("flat", str(file), str(tmp_path / "mapping.yml"))
        if isinstance(receipt, str):
            with pytest.raises(AdapterError, match=receipt):
                make(con, request, settings, read_contract(), print)
            return
        made, _ = make(con, request, settings, read_contract(), print)
        amounts = [[row["amount"] for row in rows_of(made.extracted, name)] for name in ("receipts", "applications")]
        rules = [row["rule"] for row in rows_of(made.extracted, "applications")]
    assert (amounts, rules) == (([[receipt], [applied]], [rule]) if receipt else ([[], []], []))
    doubts = [one for one in made.warnings if "Part (paid_amount): paid in part" in one]
    assert len(doubts) == (rule is not None)


def test_a_column_the_file_does_not_have_is_answered_with_the_one_most_alike(tmp_path) -> None:
    file = text(tmp_path, "Customer,Number,Date,Amonut\nC1,1,2024-01-01,1\n")
    with pytest.raises(AdapterError, match=r"columns\.amount: Amount is no column of the file: did you mean Amonut\?"):
        invoices(tmp_path, file, INVOICES)


@pytest.mark.parametrize("encoding", ["windows-1252", "utf-16"])
def test_other_encodings_are_read_where_they_are_declared(tmp_path, encoding) -> None:
    file = text(tmp_path, "Customer,Number,Date,Amount\nMüller,1,2024-01-01,1\n", encoding)
    with pytest.raises(AdapterError, match=r"is no utf-8; set file\.encoding"):
        invoices(tmp_path, file, INVOICES)
    [row] = invoices(tmp_path, file, f"file: {{encoding: {encoding}}}\n{INVOICES}")
    assert row["customer_id"] == "Müller"


def test_a_line_with_more_cells_than_the_header_is_named_beside_other_faults(tmp_path) -> None:
    file = text(tmp_path, "Customer,Number,Date,Amount\nC1,1,2024-01-01,1,000.00\n,2,2024-01-01,1,\n")
    with pytest.raises(AdapterError) as refused:
        invoices(tmp_path, file, INVOICES)
    too_long, empty = str(refused.value).splitlines()
    assert "line 2: 5 cells, and the header names 4 columns (1 line)" in too_long
    assert "line 3: empty" in empty


def test_totals_are_left_out_where_the_mapping_says_how_they_look(tmp_path) -> None:
    file = text(tmp_path, "Customer,Number,Date,Amount\nC1,1,2024-01-01,1\n,,,1\n")
    with pytest.raises(AdapterError, match="expected a value"):
        invoices(tmp_path, file, INVOICES)
    assert len(invoices(tmp_path, file, f"file: {{skip: [{{column: Number, empty: true}}]}}\n{INVOICES}")) == 1


def test_a_worksheet_gives_its_dates_and_amounts_as_they_are_shown(tmp_path) -> None:
    from datetime import datetime

    book = Workbook()
    for row in (["A report"], [], ["Customer", "Number", "Date", "Amount"], ["C1", 7, datetime(2024, 2, 29), 1234.1]):
        book.active.append(row)
    book.save(tmp_path / "list.xlsx")
    mapping = f"file: {{header_row: 3}}\nnumbers: {{decimal: ',', thousands: '.'}}\ndates: DD/MM/YYYY\n{INVOICES}"
    [row] = invoices(tmp_path, tmp_path / "list.xlsx", mapping)
    assert (row["invoice_id"], row["invoice_date"].isoformat(), row["amount"]) == ("7", "2024-02-29", Decimal("1234.1"))


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        (INVOICES.replace("invoice_date: Date, ", ""), "columns.invoice_date is missing"),
        (INVOICES.replace("invoice_date", "invoice_dat"), r"did you mean invoice_date\?"),
        (INVOICES.replace("Amount", "'?'"), r"columns\.amount is '\?': choose one"),
        (INVOICES.replace("Customer,", "{column: C, map: {A: '?'}},"), r"columns\.customer_id\.map\.A is '\?': choose"),
        (
            "empty: x\n" + INVOICES.replace("Customer,", "{column: C, map: {x: y}},"),
            "map has 'x', which is under empty",
        ),
        ("dates: '?'\n" + INVOICES, r"dates is '\?': choose one"),
        ("numbers: {decimal: '?'}\n" + INVOICES, r"numbers\.decimal is '\?': choose one"),
        (INVOICES.replace("ACME", "'?'"), r"constants\.company_id is '\?': choose one"),
        (INVOICES + "options: {receipt_prefix: '?'}", r"options\.receipt_prefix is '\?': choose one"),
        (INVOICES.replace("ACME", "''"), r"constants\.company_id is empty: The company"),
        (INVOICES.replace("ACME", "ACME, amount: 5"), "amount is under columns and under constants: say one"),
        (INVOICES.replace("ACME", "ACME, due_date: morgen"), r"constants\.due_date is 'morgen': expected a date"),
        (INVOICES.replace("ACME", "ACME, is_disputed: perhaps"), r"is 'perhaps': expected yes or no"),
        (INVOICES.replace("Amount}", "2024}"), "of amount expected the name of a column, in quotation marks"),
        (f"file: {{skip: [{{column: Number, matches: '('}}]}}\n{INVOICES}", "it is no regular expression"),
        (
            "dates: [DD/MM/YYYY, MM/DD/YYYY]\n" + INVOICES,
            "DD/MM/YYYY and MM/DD/YYYY read one text as two days: say one",
        ),
        ("dates: [YYYY-MM-DD, D.M.YYYY, M.D.YYYY]\n" + INVOICES, "D.M.YYYY and M.D.YYYY read one text as two days"),
        ("dates: DD.MM\n" + INVOICES, "'DD.MM' is no date format"),
        ("preset: fbl5\n" + INVOICES, r"did you mean fbl5n\?"),
    ],
)
def test_a_mapping_that_makes_no_sense_or_has_open_questions_is_refused(tmp_path, mapping, said) -> None:
    with pytest.raises(AdapterError, match=said):
        invoices(tmp_path, text(tmp_path, "Customer,Number,Date,Amount\nC1,1,2024-01-01,1\n"), mapping)


def test_a_column_may_be_called_no(tmp_path) -> None:
    file = text(tmp_path, "Customer,no,Date,Amount\nC1,7,2024-01-01,1\n")
    [row] = invoices(tmp_path, file, INVOICES.replace("Number", "no"))
    assert row["invoice_id"] == "7"


def test_a_constant_is_written_as_the_file_writes_or_as_yaml_does(tmp_path) -> None:
    file = text(tmp_path, "Customer,Number,Date,Amount\nC1,7,01.02.2024,1\n")
    for written in ("29.02.2024", "2024-02-29"):
        mapping = f"dates: DD.MM.YYYY\n{INVOICES.replace('ACME', f'ACME, due_date: {written}')}"
        assert str(invoices(tmp_path, file, mapping)[0]["due_date"]) == "2024-02-29"


def test_a_mapping_goes_on_from_a_preset(tmp_path) -> None:
    mapping = "preset: invoice_list\ncolumns: {amount: Betrag}\nconstants: {company_id: ACME}\n"
    head = "Customer Number,Invoice Number,Invoice Date,Currency,Betrag,Paid Date"
    [row] = invoices(tmp_path, text(tmp_path, f"{head}\nC1,1,2024-01-01,EUR,5,\n"), mapping)
    assert (row["company_id"], row["currency_code"], row["amount"]) == ("ACME", "EUR", 5)


@pytest.mark.parametrize("name", presets())
def test_every_preset_fits_its_grain(name) -> None:
    assert read_mapping(name).name == name


@pytest.mark.parametrize(
    ("empty", "cell", "is_open"),
    [
        ('["-", n/a]', "-", True),
        ('["-", n/a]', " n/a ", True),
        ('"-"', "-", True),
        ('["?"]', "?", True),
        ('["-", n/a]', "--", False),
        ("[]", "-", False),
    ],
)
def test_cells_that_say_nothing_by_the_mapping_are_empty_and_others_are_refused(tmp_path, empty, cell, is_open) -> None:
    file = text(tmp_path, f"Customer,Number,Date,Amount,Paid\nC1,1,2024-01-01,1,2024-02-01\nC1,2,2024-01-01,1,{cell}\n")
    mapping = f"empty: {empty}\n{INVOICES.replace('Amount}', 'Amount, paid_date: Paid}')}"
    if is_open:
        assert len(invoices(tmp_path, file, mapping)) == 2
        return
    with pytest.raises(AdapterError, match=r"line 3: '--?'\. .* list under empty what .* empty: \['-'\]"):
        invoices(tmp_path, file, mapping)


def test_cells_that_say_nothing_are_empty_in_every_column(tmp_path) -> None:
    file = text(tmp_path, "Customer,Number,Date,Amount,Curr\nC1,1,2024-01-01,1,-\n-,2,2024-01-01,1,EUR\n-,-,-,3,-\n")
    mapping = INVOICES.replace(", currency_code: EUR", "").replace("Amount}", "Amount, currency_code: {column: Curr}}")
    mapping = mapping.replace("column: Curr", "column: Curr, default: CHF").replace(
        "customer_id: Customer", "customer_id: {column: Customer, default: C9}"
    )
    rows = invoices(tmp_path, file, f"empty: '-'\nfile: {{skip: [{{column: Number, empty: true}}]}}\n{mapping}")
    assert [(row["customer_id"], row["currency_code"]) for row in rows] == [("C1", "CHF"), ("C9", "EUR")]
