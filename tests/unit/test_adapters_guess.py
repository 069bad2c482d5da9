"""A proposed mapping: what fits in one way is proposed, what fits in two is asked."""

from datetime import datetime
from pathlib import Path

import pytest
import yaml
from openpyxl import Workbook

from duebook.adapters.engine.definition import AdapterError
from duebook.adapters.flat.guessing import guess
from duebook.adapters.flat.looks import plain
from duebook.adapters.flat.proposal import proposal, questions

HEAD = "Customer No;Invoice Number;Invoice Date;Due Date;Amount;Currency"


OPEN_ITEMS = ["Debitor", "Belegnr.", "Art", "Belegdatum", "Fällig am", "Betrag", "Whg"]


def guessed_of_sheet(folder: Path, rows: list[list[object]], head: list[str] = OPEN_ITEMS):
    """What a workbook with these rows seems to be."""
    book = Workbook()
    for row in (["Offene Posten"], head, *rows):
        book.active.append(row)
    book.save(folder / "list.xlsx")
    return guess(str(folder / "list.xlsx"))


def guessed(folder: Path, lines: list[str], head: str = HEAD):
    file = folder / "list.csv"
    file.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return guess(str(file))


def test_columns_are_found_by_the_words_of_four_languages(tmp_path) -> None:
    head = "Kundennummer;Rechnungsnummer;Rechnungsdatum;Fälligkeit;Betrag;Währung"
    found = guessed(tmp_path, ["1;R1;31.01.2024;29.02.2024;10,50;EUR", "2;R2;01.02.2024;;1.234,00;EUR"], head)
    assert found.columns == {
        "customer_id": "Kundennummer",
        "invoice_id": "Rechnungsnummer",
        "invoice_date": "Rechnungsdatum",
        "due_date": "Fälligkeit",
        "currency_code": "Währung",
        "amount": "Betrag",
    }
    assert (found.dates, found.numbers.decimal, found.numbers.thousands) == ([["DD.MM.YYYY"]], ",", ".")


@pytest.mark.parametrize(
    "head",
    [
        "Date;From;To;Rate",
        "Datum;Von;Nach;Kurs",
        "Date;De;Vers;Taux",
        "Fecha;Desde;Hasta;Cotización",
        "Data;Da;A;Cambio",
        "Datum;Van;Naar;Koers",
        "TIME_PERIOD;CURRENCY_DENOM;CURRENCY;OBS_VALUE",
    ],
)
def test_a_list_of_rates_is_found_by_the_words_of_six_languages(tmp_path, head) -> None:
    # Several currencies a day, and several days.
    found = guessed(tmp_path, [f"{day}.01.2024;{one};EUR;1,0625" for day in (30, 31) for one in ("CHF", "USD")], head)
    fields = ("rate_date", "from_currency", "to_currency", "rate")
    assert (found.grain, found.columns) == ("exchange_rate", dict(zip(fields, head.split(";"), strict=True)))
    assert (found.numbers.decimal, questions(found)) == (",", [])


@pytest.mark.parametrize(("kind", "grain"), [("Doc. Type", "item"), ("Remark", "invoice")])
def test_a_list_that_says_of_which_kind_a_row_is_has_items_and_what_is_open_of_them(tmp_path, kind, grain) -> None:
    head = f"Customer No.;Customer Name;Doc. No.;{kind};Doc. Date;Due Date;Original Amount;Open Amount;Ccy"
    rows = ["1;One;D1;Invoice;2026-01-31;2026-02-28;9.50;9.50;GBP", "1;One;D2;Payment;2026-01-31;;-9.50;-1.00;GBP"]
    found = guessed(tmp_path, [*rows, *(f"2;Two;E{n};Invoice;2026-01-31;;9.50;9.50;GBP" for n in range(9))], head)
    assert (found.grain, found.columns[f"{grain}_id"]) == (grain, "Doc. No.")
    assert found.columns["amount"] == ("Open Amount" if grain == "item" else "Original Amount")


def test_a_column_without_currencies_is_no_currency_of_a_list_of_rates(tmp_path) -> None:
    found = guessed(tmp_path, ["30.01.2024;Bern;Berlin;1,0625"], "Datum;Von;Nach;Kurs")
    assert {"Von", "Nach"} & set(found.columns.values()) == set()


@pytest.mark.parametrize(("rate", "decimal"), [("1,0625", ","), ("1.0625", "."), ("1,062", "?")])
def test_rates_say_how_numbers_are_written_as_amounts_do(tmp_path, rate, decimal) -> None:
    found = guessed(tmp_path, [f"31.01.2024;CHF;EUR;{rate}"], "Datum;Von;Nach;Kurs")
    assert found.numbers.decimal == decimal


@pytest.mark.parametrize(("last", "asked"), [("12/01/2024", True), ("13/01/2024", False)])
def test_a_date_format_that_fits_two_ways_is_asked(tmp_path, last, asked) -> None:
    found = guessed(tmp_path, ["1;R1;01/02/2024;02/02/2024;10.50;EUR", f"1;R2;{last};{last};10.50;EUR"])
    assert bool([one for one in questions(found) if one.startswith("dates:")]) == asked
    assert yaml.safe_load(proposal(found))["dates"] == ("?" if asked else "DD/MM/YYYY")


@pytest.mark.parametrize(("amount", "asked"), [("1,234", True), ("1,234.5", False)])
def test_a_number_style_that_fits_two_ways_is_asked(tmp_path, amount, asked) -> None:
    found = guessed(tmp_path, [f"1;R1;2024-01-31;2024-02-29;{amount};EUR"])
    assert bool([one for one in questions(found) if one.startswith("numbers:")]) == asked
    assert yaml.safe_load(proposal(found))["numbers"]["decimal"] == ("?" if asked else ".")


def test_dates_and_numbers_are_read_as_most_of_them_are_written(tmp_path) -> None:
    lines = [f"{n};R{n};{n}.01.2024;;{n}.000,50;EUR" for n in range(20, 29)]
    found = guessed(tmp_path, [*lines, "30;R30;2024-13-01;;5.50;EUR"])
    assert (found.dates, found.numbers.decimal, found.numbers.thousands) == ([["DD.MM.YYYY"]], ",", ".")


def test_words_of_a_column_that_may_have_few_are_explained_or_asked(tmp_path) -> None:
    head = "Customer;Document Number;Document Date;Amount;Currency;Document Type"
    lines = ["1;1;2024-01-31;5.50;EUR;Invoice", "1;2;2024-01-31;5.50;EUR;RV"]
    found = guessed(tmp_path, lines, head)
    assert yaml.safe_load(proposal(found))["columns"]["kind"] == {
        "column": "Document Type",
        "map": {"Invoice": "invoice", "RV": "?"},
    }
    assert [one for one in questions(found) if one.startswith("kind: Document Type has RV;")] != []


@pytest.mark.parametrize(("last", "is_total"), [(";;;;15.00;EUR", True), (";R9;2024-01-31;;15.00;EUR", False)])
def test_a_line_that_lacks_its_customer_alone_is_no_total(tmp_path, last, is_total) -> None:
    lines = [f"{n};R{n};2024-01-31;2024-02-29;1.50;EUR" for n in range(8)]
    assert (guessed(tmp_path, [*lines, last]).total_column is not None) == is_total


def test_a_required_field_without_a_column_is_asked(tmp_path) -> None:
    found = guessed(tmp_path, ["1;R1;2024-01-31;2024-02-29;1.5;EUR"])
    assert yaml.safe_load(proposal(found))["constants"] == {"company_id": "?"}
    assert [one.split(":")[0] for one in questions(found)] == ["company_id"]


def test_lines_before_the_header_and_totals_after_it_are_seen(tmp_path) -> None:
    lines = [f"{n};R{n};2024-01-31;2024-02-29;1.50;EUR" for n in range(10)]
    found = guessed(tmp_path, [HEAD, *lines, ";;;;15.00;"], "Open items as of today;;;;;")
    assert (found.how.header_row, found.how.delimiter, found.total_column) == (2, ";", "Customer No")


@pytest.mark.parametrize(("months", "rows"), [(1, 2), (30, 6)])
def test_lines_of_totals_say_nothing_of_what_a_column_holds(tmp_path, months, rows) -> None:
    head = "N° pièce;Type;Client;Date pièce;Montant;Devise"
    lines = [
        line
        for month in range(months)
        for line in (
            *(f"F{month}-{n};{('Facture', 'Avoir')[n % 2]};41{n};1{n}/01/2024;9,50;EUR" for n in range(rows)),
            f";Total {month:02}/2024;;;{rows * 9},50;",
        )
    ]
    found = guessed(tmp_path, [*lines, ";Total général;;;99,50;"], head)
    assert (found.grain, found.total_column) == ("item", "Client")
    assert (found.columns["kind"], found.maps["kind"]) == ("Type", {"Avoir": "?", "Facture": "?"})
    assert len(found.lines) == months * rows


@pytest.mark.parametrize(("word", "is_total"), [("Total 01", True), ("Sous-total", True), ("Totality", False)])
def test_many_lines_are_totals_only_if_each_says_so(tmp_path, word, is_total) -> None:
    lines = ["D1;Invoice;1;2024-01-31;9.50;EUR", f";{word};;;9.50;"]
    found = guessed(tmp_path, lines, "Document Number;Type;Customer;Document Date;Amount;Currency")
    assert (found.total_column == "Customer") == is_total


def test_signs_beside_numbers_and_marks_of_negative_ones_are_seen(tmp_path) -> None:
    found = guessed(tmp_path, ["1;R1;2024-01-31;;(5.00);EUR", "1;R2;2024-01-31;;€ 7.00;EUR"])
    assert (found.numbers.negative, found.numbers.strips_symbols) == (["minus", "parentheses"], True)


def test_a_file_without_a_header_is_refused(tmp_path) -> None:
    with pytest.raises(AdapterError, match="looks like one that names columns"):
        guessed(tmp_path, ["2;3;4;5;6;7"], "1;2;3;4;5;6")


@pytest.mark.parametrize(
    ("words", "plainly"),
    [
        ("InvoiceDate", "invoice date"),
        ("Net due-date (EUR)", "net due date eur"),
        ("Fälligkeit", "faelligkeit"),
        ("Échéance", "echeance"),
    ],
)
def test_words_are_compared_without_signs_accents_and_capitals(words, plainly) -> None:
    assert plain(words) == plainly


def test_a_list_of_items_is_no_list_of_customers_and_its_short_words_are_known(tmp_path) -> None:
    rows = [
        [100 + n % 2, 2500 + n, "RE", datetime(2024, 1, 1 + n), datetime(2024, 2, 1), 10.5, "EUR"] for n in range(9)
    ]
    found = guessed_of_sheet(tmp_path, rows)
    assert found.grain == "item"
    assert found.columns == {
        "customer_id": "Debitor",
        "item_id": "Belegnr.",
        "kind": "Art",
        "item_date": "Belegdatum",
        "due_date": "Fällig am",
        "currency_code": "Whg",
        "amount": "Betrag",
    }


@pytest.mark.parametrize(("customers", "is_one"), [("123", True), ("122", False)])
def test_a_customer_that_comes_again_makes_no_list_of_customers(tmp_path, customers, is_one) -> None:
    lines = [f"{one};A;2024-01-3{n};EUR" for n, one in enumerate(customers)]
    found = guessed(tmp_path, lines, "Customer;Name;Since;Currency")
    assert (found.grain == "customer") == is_one


@pytest.mark.parametrize(("day", "asked"), [("13.02.2024", "DD.MM.YYYY"), ("2024-02-13", "YYYY-MM-DD")])
def test_a_worksheets_own_dates_and_numbers_say_nothing_of_how_text_is_written(tmp_path, day, asked) -> None:
    rows = [[1, n, "RE", datetime(2024, 1, 1 + n), None, 1234.5, "EUR"] for n in range(9)]
    found = guessed_of_sheet(tmp_path, [*rows, [1, 10, "RE", day, None, "1.234,50", "EUR"]])
    assert (found.dates, found.numbers.decimal, found.numbers.thousands) == ([[asked]], ",", ".")


@pytest.mark.parametrize(("numbers", "taken", "is_asked"), [("10118", "Kundennr", False), (None, "Kunde", True)])
def test_a_column_of_names_is_no_customers_number_unless_there_is_no_other_and_then_it_is_asked(
    tmp_path, numbers, taken, is_asked
) -> None:
    head = "Rechnungsnr;Kunde;Rechnungsdatum;Betrag;Währung" + (";Kundennr" if numbers else "")
    lines = [f"R{n};Bau & Boden, Trier;2024-01-3{n};1,50;EUR" + (f";{numbers}" if numbers else "") for n in (0, 1)]
    found = guessed(tmp_path, lines, head)
    assert found.columns["customer_id"] == taken
    assert bool([one for one in questions(found) if one.startswith("customer_id: Kunde holds words")]) == is_asked


@pytest.mark.parametrize(
    ("others", "proposed", "asked"),
    [
        (["05-03-2024"], ["DD/MM/YYYY", "?"], "dates: others fit DD-MM-YYYY and MM-DD-YYYY alike"),
        (["05-13-2024"], ["DD/MM/YYYY", "MM-DD-YYYY"], None),
        # Only a format fits that reads the others as other days: a misspelt day, which stays a fault.
        (["05/13/2024"], "DD/MM/YYYY", None),
    ],
)
def test_dates_written_in_a_second_way_are_proposed_or_asked_too(tmp_path, others, proposed, asked) -> None:
    lines = [f"{n};R{n};{n}/01/2024;{n}/02/2024;5.50;EUR" for n in range(20, 28)]
    found = guessed(tmp_path, [*lines, *(f"1;S{n};{day};;5.50;EUR" for n, day in enumerate(others))])
    assert yaml.safe_load(proposal(found))["dates"] == proposed
    said = [one for one in questions(found) if one.startswith("dates:")]
    assert said == ([f"{asked}; which is meant?"] if asked else [])


@pytest.mark.parametrize(("cleared", "is_said"), [("", True), (";Clearing Date", False)])
def test_a_list_without_settled_items_may_be_said_to_have_all_that_is_open(tmp_path, cleared, is_said) -> None:
    head = f"Customer;Document Number;Document Date;Net Due Date;Amount;Document Currency{cleared}"
    lines = [f"{n % 3};{n};2024-01-{n};2024-02-{n};10.50;EUR{';2024-03-01' if cleared else ''}" for n in range(10, 20)]
    guessed(tmp_path, lines, head)
    assert ("# exports: snapshot" in proposal(guess(str(tmp_path / "list.csv"), "item"))) == is_said


@pytest.mark.parametrize(
    ("head", "cell", "amount"),
    [
        ("Betrag;Offener Betrag", "100,00;60,00", "Offener Betrag"),
        ("Offener Betrag (EUR);Betrag", "60,00;100,00", "Offener Betrag (EUR)"),
        ("Amount;Open Amount;Opened", "100,00;60,00;x", "Open Amount"),
        ("Betrag;Offen seit", "100,00;01.03.2024", "Betrag"),
        # Nothing is open of a row that is cleared.
        ("Betrag;Offener Betrag;Ausgleichsdatum", "100,00;0,00;01.03.2024", "Betrag"),
    ],
)
def test_of_an_original_and_an_open_amount_a_list_of_open_items_counts_the_open_one(
    tmp_path, head, cell, amount
) -> None:
    (tmp_path / "list.csv").write_text(
        f"Debitor;Belegnr.;Belegdatum;Whg;{head}\n" + "".join(f"1;B{n};31.01.2024;EUR;{cell}\n" for n in range(5)),
        "utf-8",
    )
    found = guess(str(tmp_path / "list.csv"), "item")
    assert found.columns["amount"] == amount
    [line] = [line for line in proposal(found).splitlines() if line.startswith("  amount:")]
    assert ("# and not" in line) == (amount not in ("Betrag",))
    assert yaml.safe_load(proposal(found))["columns"]["amount"] == amount


@pytest.mark.parametrize(
    ("due", "amount", "memo", "empty"),
    [
        ("-", "5,00", "-", ["-"]),
        ("k. A.", "n/a", "x", ["k. A.", "n/a"]),
        ("", "5,00", "-", []),
        ("soon", "5,00", "x", []),
    ],
)
def test_cells_of_dates_and_numbers_that_say_nothing_are_proposed_as_empty(tmp_path, due, amount, memo, empty) -> None:
    # Most rows have no due date.
    lines = [f"1;R{n};31.01.2024;{due};5,00;EUR;{memo}" for n in range(8)]
    lines += [f"1;S{n};31.01.2024;29.02.2024;{amount if n else '5,00'};EUR;x" for n in range(2)]
    found = guessed(tmp_path, lines, f"{HEAD};Memo")
    assert (found.empty, yaml.safe_load(proposal(found)).get("empty", [])) == (empty, empty)
    assert ("due_date" in found.columns) == (due != "soon")
    assert (found.dates, found.numbers.decimal) == ([["DD.MM.YYYY"]], ",")


def test_a_word_for_no_kind_is_asked_unless_it_is_proposed_as_empty(tmp_path) -> None:
    head = "Customer;Document Number;Document Date;Net due date;Amount;Currency;Document Type"
    asked = guessed(tmp_path, ["1;1;2024-01-31;;5.50;EUR;invoice", "1;2;2024-01-31;;5.50;EUR;-"], head)
    assert asked.maps == {"kind": {"-": "?", "invoice": "invoice"}}
    assert (
        guessed(tmp_path, ["1;1;2024-01-31;-;5.50;EUR;invoice", "1;2;2024-01-31;;5.50;EUR;-"], head).maps["kind"] == {}
    )


@pytest.mark.parametrize("paid", ["Réglée le", "Réglé le", "Payée le", "Payé le", "Date de règlement"])
@pytest.mark.parametrize(
    ("grain", "settled"), [("invoice", "paid_date"), ("item", "clearing_date")], ids=["invoices", "items"]
)
def test_a_french_journal_has_its_account_number_name_and_day_of_payment(tmp_path, grain, settled, paid) -> None:
    head = ["N° pièce", "Compte", "Raison sociale", "Date pièce", "Échéance", "Montant TTC", "Devise", paid]
    lines = [f"F{n};4100{n % 3};Bar Dix;0{n}/01/2024;1{n}/01/2024;9,50;EUR;20/01/2024" for n in range(1, 9)]
    (tmp_path / "list.csv").write_text("\n".join([";".join(head), *lines]), encoding="utf-8")
    columns = guess(str(tmp_path / "list.csv"), grain).columns
    fields = (f"{grain}_id", "customer_id", "customer_name", f"{grain}_date", "due_date", "amount", "currency_code")
    assert columns == dict(zip([*fields, settled], head, strict=True))


def test_a_french_journal_is_a_list_of_invoices_unless_it_says_of_which_kind_a_row_is(tmp_path) -> None:
    head = "N° pièce;Compte;Raison sociale;Date pièce;Échéance;Montant TTC;Devise;Réglée le"
    lines = [f"F{n};4100{n % 3};Bar Dix;0{n}/01/2024;1{n}/01/2024;9,50;EUR;20/01/2024" for n in range(1, 9)]
    assert guessed(tmp_path, lines, head).grain == "invoice"
    assert guessed(tmp_path, [f"{line};Facture" for line in lines], f"{head};Type").grain == "item"
