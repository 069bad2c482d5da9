"""`duebook quarantine`: what is held back, what waits for what, and the way back of a corrected row.

Not here: which rows are held back (test_quarantine_reasons.py, models' unit tests).
"""

import csv
import json
import shutil
import stat
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from cli.exit_codes import ExitCode
from cli.main import app
from duebook.audit import read_lines
from duebook.landing.opened import REASON_COLUMN
from duebook.publication.record import read_publication
from duebook.settings import SAMPLE_AS_OF, SAMPLE_LANDING, SAMPLE_REPORTING_CURRENCY, Settings
from tests.support.landing.files import INVOICE, load, raw, settings_for, write_csv, write_file, write_jsonl
from tests.support.publications.from_landing import day_of_load, marts_of, publish
from tests.support.refreshes.running import refresh

DAY = date(2025, 2, 28)
NUMBER = "Expected a plain number such as 1234.56, without thousands separators."
CURRENCY = "Expected a currency code of ISO 4217 in capitals, such as EUR (seeds/reference/currencies.csv)."
NAMED = 'Zoë Marked, "the" first\nand second'
APPLICATION = {
    "application_id": "X1", "receipt_id": "R1", "invoice_id": "I1", "applied_date": "2025-02-10", "amount": "10.00",
}  # fmt: skip
AMOUNTS = ("15,5", "7.00", "2,5")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A home with three bad rows of invoices, and applications of which two wait; published three days later."""
    monkeypatch.setenv("DUEBOOK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DUEBOOK_LANDING", str(tmp_path / "landing"))
    folder = tmp_path / "landing"
    rows = [INVOICE | {"invoice_id": f"I{n}", "amount": amount} for n, amount in enumerate(AMOUNTS, start=1)]
    rows[0] |= {"invoice_number": NAMED, "branch": "north"}
    rows[1] |= {"currency_code": "eur"}
    rows[2] |= {"currency_code": "eur"}
    write_csv(folder / "ar" / "invoices" / "a.csv", [*rows, INVOICE | {"invoice_id": "I4"}])
    write_csv(folder / "ar" / "companies" / "a.csv", [{"company_id": "K", "currency_code": "EUR"}])
    write_csv(folder / "ar" / "customers" / "a.csv", [{"customer_id": "C1"}])
    receipt = {"receipt_id": "R1", "company_id": "K", "customer_id": "C1", "receipt_date": "2025-02-10"}
    write_csv(folder / "payments" / "receipts" / "a.csv", [receipt | {"currency_code": "EUR", "amount": "20.00"}])
    used = [
        APPLICATION,
        APPLICATION | {"application_id": "X2", "invoice_id": "I4", "amount": "5.00", "applied_date": "2025-02-11"},
        APPLICATION | {"application_id": "X3", "invoice_id": "I4", "amount": "25.00", "applied_date": "2025-02-12"},
    ]
    write_csv(folder / "payments" / "applications" / "a.csv", used)
    return published(settings_for(tmp_path, as_of=DAY, max_bad_share=1), days_later=3)


def published(settings: Settings, days_later: int = 0) -> Settings:
    """Load what has landed, and publish what is held back of it, as so many days after the first load."""
    load(settings.home.parent, max_bad_share=1)
    at = datetime.combine(day_of_load(settings) + timedelta(days=days_later), time(23, 59))
    publish(settings, "quarantined_rows", at=at)
    return settings


def told(*options: str) -> Any:
    """What the command answers a program."""
    done = CliRunner().invoke(app, ["quarantine", "--json", *options])
    assert done.exit_code == ExitCode.DONE, done.stderr
    return json.loads(done.stdout)


def refused(*options: str) -> str:
    done = CliRunner().invoke(app, ["quarantine", *options])
    assert (done.exit_code, done.stdout) == (ExitCode.USAGE, "")
    return done.stderr


def cells(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_rows_are_listed_by_table_and_rule_with_their_number_and_age(home: Settings) -> None:
    since = {"since": str(day_of_load(home)), "days": 3}
    decimals = f"{NUMBER} This one has a decimal comma."
    by_models = "it takes more of a receipt or credit memo than is left of it"
    missing = "no usable row of invoice has this id (yet)"
    document = told()
    assert document["held_back"] == [
        {"table": "invoices", "column": "amount", "rule": decimals, "rows": 2, **since},
        {"table": "invoices", "column": "currency_code", "rule": CURRENCY, "rows": 2, **since},
        {"table": "applications", "column": "amount", "rule": by_models, "rows": 1, **since},
        {"table": "applications", "column": "invoice_id", "rule": missing, "rows": 1, **since},
    ]
    assert document["published_at"] == str(read_publication(home.published_dir).published_at)
    assert [one["rule"] for one in told("--table", "applications")["held_back"]] == [by_models, missing]
    assert [one["column"] for one in told("--rule", "CURRENCY")["held_back"]] == ["currency_code"]
    assert [one["rows"] for one in told("--table=invoices", "--rule=decimal comma")["held_back"]] == [2]
    assert told("--table", "receipts")["held_back"] == []
    text = CliRunner().invoke(app, ["quarantine"]).stdout
    assert all(words in text for words in (decimals, by_models, since["since"]))
    nothing = CliRunner().invoke(app, ["quarantine", "--table", "receipts"])
    assert (nothing.exit_code, nothing.stdout) == (ExitCode.DONE, "No row like that is held back.\n")


def test_what_waits_names_the_table_and_key_it_waits_for_or_why_and_how_long(home: Settings) -> None:
    since = {"table": "applications", "rows": 1, "since": str(day_of_load(home)), "days": 3}
    left, missing = "only 15.0000 EUR of receipt R1 is left on 2025-02-12", "no usable row of invoice has this id (yet)"
    assert told("--waiting")["waiting"] == [
        {"column": "amount", "waits_for": None, "key": None, "reason": left, **since},
        {"column": "invoice_id", "waits_for": "invoices", "key": "I1", "reason": missing, **since},
    ]
    text = CliRunner().invoke(app, ["quarantine", "--waiting"]).stdout
    assert "invoices I1" in text
    assert left in text
    assert told("--waiting", "--table", "invoices")["waiting"] == []


def test_rows_to_correct_are_written_as_landed_for_their_owner_alone(home: Settings, tmp_path: Path) -> None:
    file = tmp_path / "invoices to correct.csv"
    done = told("--table", "invoices", "--write", str(file))
    assert done["written"] == {"file": str(file), "table": "invoices", "rows": 3, "as_read": 0, "erased": 0}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    [line] = read_lines(home)
    assert [line.said[name] for name in ("event", "command", "subject")] == ["exported", "quarantine", "invoices"]
    assert line.said["counts"] == {"rows": 3}
    rows = cells(file)
    assert list(rows[0]) == [
        "invoice_id", "company_id", "customer_id", "invoice_number", "invoice_date", "currency_code", "amount",
        "branch", REASON_COLUMN,
    ]  # fmt: skip
    assert [(row["invoice_id"], row["amount"], row["currency_code"]) for row in rows] == [
        ("I1", "15,5", "EUR"), ("I2", "7.00", "eur"), ("I3", "2,5", "eur"),
    ]  # fmt: skip
    # What the publication masks, and what the contract doesn't know.
    assert (rows[0]["invoice_number"], rows[0]["branch"], rows[1]["branch"]) == (NAMED, "north", "")
    assert rows[1][REASON_COLUMN] == f"currency_code: {CURRENCY}"
    assert rows[2][REASON_COLUMN] == f"amount: {NUMBER} This one has a decimal comma.; currency_code: {CURRENCY}"
    one_rule = tmp_path / "amounts.csv"
    told("--table=invoices", "--rule=decimal comma", "--write", str(one_rule))
    assert [row["invoice_id"] for row in cells(one_rule)] == ["I1", "I3"]


@pytest.mark.long
def test_rows_that_wait_are_written_as_landed_however_their_file_is_called_now(home: Settings, tmp_path: Path) -> None:
    landed = home.landing / "payments" / "applications" / "a.csv"
    waits = APPLICATION | {REASON_COLUMN: "invoice_id: no usable row of invoice has this id (yet)"}

    def written(name: str) -> tuple[dict[str, Any], list[dict[str, str]]]:
        file = tmp_path / name
        return told("--table=applications", "--rule=no usable row", "--write", str(file))["written"], cells(file)

    said, rows = written("landed.csv")
    assert (said["as_read"], rows) == (0, [waits])
    landed = landed.rename(landed.with_name("renamed.csv"))
    published(home)
    assert written("renamed.csv")[1] == [waits]
    landed.write_text("application_id\n", encoding="utf-8")
    said, rows = written("as read.csv")
    assert (said["as_read"], rows) == (1, [waits | {"amount": "10.0000"}])
    done = CliRunner().invoke(app, ["quarantine", "--table=applications", "--write", str(tmp_path / "all.csv")])
    assert f"2 rows of them are of files that {home.landing} no longer has as they were loaded" in done.stdout


@pytest.mark.parametrize("ending", ["csv", pytest.param("csv.gz", marks=pytest.mark.long), "jsonl", "parquet"])
def test_numbers_days_and_times_of_a_row_that_waits_are_written_as_they_stand_in_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    """Other ways to write a value than the one of its type; what no file has stays empty."""
    monkeypatch.setenv("DUEBOOK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DUEBOOK_LANDING", str(tmp_path / "landing"))
    landing = tmp_path / "landing" / "ar"
    write_csv(landing / "companies" / "a.csv", [{"company_id": "K", "currency_code": "EUR"}])
    write_csv(landing / "customers" / "a.csv", [{"customer_id": "C1"}])
    row = INVOICE | {
        "invoice_id": "I9", "customer_id": "C9", "invoice_number": " 7 ", "invoice_date": "2025-01-31T00:00:00Z",
        "amount": "300.50", "is_credit_sale": "TRUE", "updated_at": "2025-01-31T10:00:00.50+02:00", "branch": "north",
    }  # fmt: skip
    write_file(landing / "invoices" / f"a.{ending}", [INVOICE, row])
    published(settings_for(tmp_path, as_of=DAY, max_bad_share=1))
    file = tmp_path / "waiting.csv"
    assert told("--table=invoices", "--write", str(file))["written"]["as_read"] == 0
    assert cells(file) == [row | {REASON_COLUMN: "customer_id: no usable row of customer has this id (yet)"}]


def test_a_file_is_of_one_table_and_never_replaces_another(home: Settings, tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    assert refused("--write", str(file)) == (
        "A file has rows of one table, and there are those of applications, invoices: choose with --table.\n"
    )
    assert refused("--table", "invoice") == "invoice is no table of the contract: did you mean invoices?\n"
    assert refused("--table", "invoices", "--write", " ") == (
        "--write is empty: name a file, or leave the option out.\n"
    )
    file.write_text("half corrected", encoding="utf-8")
    said = refused("--table", "invoices", "--write", str(file))
    assert said == f"{file} is there already, and may be corrected in part: name another file.\n"
    assert file.read_text(encoding="utf-8") == "half corrected"
    nowhere = CliRunner().invoke(app, ["quarantine", "--table=invoices", "--write", str(tmp_path / "no" / "f.csv")])
    assert nowhere.exit_code == ExitCode.FAILED
    assert nowhere.stderr.endswith("f.csv: No such file or directory. No file was written.\n")


@pytest.mark.long
def test_of_persons_who_were_erased_no_row_is_written_as_one_to_correct(home: Settings, tmp_path: Path) -> None:
    """Of theirs only the key is left, which landed alone would be a sound row of a customer."""
    folder = home.landing / "ar" / "customers"
    bad = [{"customer_id": one, "customer_name": "Anna Quixote", "created_date": "soon"} for one in ("C7", "C8")]
    write_csv(folder / "b.csv", bad)
    published(home)
    written = ("--table=customers", "--write")

    def erase(customer: str) -> None:
        done = CliRunner().invoke(app, ["erase", "--customer", customer, "--yes"])
        assert done.exit_code == ExitCode.DONE, done.output

    erase("C7")
    # A load clears it before it is sent.
    write_csv(folder / "c.csv", bad[:1])
    published(home)
    done = told(*written, str(tmp_path / "f.csv"))["written"]
    assert (done["rows"], done["erased"]) == (1, 2)
    assert [(row["customer_id"], row["customer_name"]) for row in cells(tmp_path / "f.csv")] == [("C8", "Anna Quixote")]
    said = "2 rows are left out: of persons who were erased there is nothing left to correct.\n"
    assert said in CliRunner().invoke(app, ["quarantine", *written, str(tmp_path / "g.csv")]).stdout
    erase("C8")
    nothing = CliRunner().invoke(app, ["quarantine", *written, str(tmp_path / "h.csv")])
    assert (nothing.exit_code, nothing.stderr) == (
        ExitCode.FAILED,
        f"{said[:-1].replace('2', '3')} No file was written: no other row is held back.\n",
    )
    assert not (tmp_path / "h.csv").exists()


def test_corrected_rows_landed_again_leave_quarantine_and_count(home: Settings, tmp_path: Path) -> None:
    """By hand: I1 is 15.5, I2 7 and I3 2.5, all in EUR; then X1 has its invoice, and X3 takes 5 and not 25."""
    invoices, uses = tmp_path / "invoices.csv", tmp_path / "uses.csv"
    told("--table=invoices", "--write", str(invoices))
    told("--table=applications", "--rule=than is left", "--write", str(uses))
    corrected = [row | {"amount": row["amount"].replace(",", "."), "currency_code": "EUR"} for row in cells(invoices)]
    write_csv(home.landing / "ar" / "invoices" / "b.csv", corrected)
    fitting = [row | {"amount": "5.00"} for row in cells(uses)]
    write_csv(home.landing / "payments" / "applications" / "b.csv", fitting)
    published(home)
    assert told("--waiting") | {"published_at": ""} == {"published_at": "", "held_back": [], "waiting": []}
    assert CliRunner().invoke(app, ["quarantine"]).stdout == "No row is held back.\n"
    # The column with the reasons has come with them, and is nothing anybody keeps.
    assert raw(tmp_path, "select extra_columns from invoices where invoice_id = 'I1'") == [('{"branch":"north"}',)]
    with marts_of(home, ["fct_invoices", "schema_drift"]) as built:
        amounts = "select invoice_id, amount, invoice_number, open_balance from marts.fct_invoices order by all"
        rows = [
            (key, float(amount), number, float(left)) for key, amount, number, left in built.execute(amounts).fetchall()
        ]
        unknown = built.execute("select column_name from marts.schema_drift where finding = 'new_column'").fetchall()
    assert rows == [
        ("I1", 15.5, NAMED, 5.5), ("I2", 7, None, 7), ("I3", 2.5, None, 2.5), ("I4", 100, None, 90),
    ]  # fmt: skip
    assert unknown == [("branch",)]


def test_a_row_of_json_lines_comes_back_as_it_was_landed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUEBOOK_HOME", str(tmp_path / "home"))
    row = INVOICE | {"amount": "x", "invoice_number": "a\r\nb", "tags": ["p", {"q": 1}], "number": 1.50}
    write_jsonl(tmp_path / "landing" / "ar" / "invoices" / "a.jsonl", [row, INVOICE | {"invoice_id": "I2"}])
    home = published(settings_for(tmp_path, as_of=DAY, max_bad_share=1))
    told("--table=invoices", "--write", str(tmp_path / "f.csv"))
    [written] = cells(tmp_path / "f.csv")
    assert (written["invoice_number"], written["tags"], written["number"]) == ("a\r\nb", '["p",{"q":1}]', "1.5")
    again = (tmp_path / "f.csv").read_bytes().replace(b",x,", b",3.00,")
    (home.landing / "ar" / "invoices" / "b.csv").write_bytes(again)
    published(home)
    assert told()["held_back"] == []
    assert raw(tmp_path, "select invoice_number, amount::varchar from invoices where invoice_id = 'I1'") == [
        ("a\r\nb", "3.0000")
    ]


@pytest.mark.long
def test_whole_refreshes_hold_a_row_back_and_take_it_in_once_it_is_corrected(first, tmp_path: Path) -> None:
    """By hand: two invoices of 100 and 50 in eur are new to the sample; corrected, 150 more are owed."""
    home, landing = tmp_path / "home", tmp_path / "landing"
    shutil.copytree(first[0].home, home, symlinks=True)
    shutil.copytree(SAMPLE_LANDING, landing)
    file = tmp_path / "invoices.csv"
    # Of the sample's last day itself there is a control account, which has nothing of new invoices.
    next_day = SAMPLE_AS_OF + timedelta(days=1)

    def refreshed() -> tuple[list[dict[str, Any]], Decimal]:
        day = ("--as-of", str(next_day), "--reporting-currency", SAMPLE_REPORTING_CURRENCY)
        done = refresh(home, "--landing", str(landing), *day, "--max-bad-share", "1")
        assert done.returncode == ExitCode.DONE, done.stdout + done.stderr
        with duckdb.connect(home / "published" / "duebook.duckdb", read_only=True) as published:
            query = "select sum(open_balance) from marts.fct_invoices where currency_code = 'EUR'"
            [(owed,)] = published.execute(query).fetchall()
        return told("--home", str(home), "--table", "invoices")["held_back"], owed

    with duckdb.connect(home / "published" / "duebook.duckdb", read_only=True) as published:
        query = (
            "select company_id, customer_id from marts.fct_invoices where currency_code = 'EUR' order by all limit 1"
        )
        [(company, customer)] = published.execute(query).fetchall()
    new = {"company_id": company, "customer_id": customer, "invoice_date": str(next_day), "currency_code": "eur"}
    rows = [new | {"invoice_id": f"NEW{amount}", "amount": amount} for amount in ("100.00", "50.00")]
    write_csv(landing / "ar" / "invoices" / "new.csv", rows)
    held, before = refreshed()
    assert [(one["column"], one["rule"], one["rows"]) for one in held] == [("currency_code", CURRENCY, 2)]
    told("--home", str(home), "--table=invoices", "--write", str(file))
    corrected = [row | {"currency_code": "EUR"} for row in cells(file)]
    write_csv(landing / "ar" / "invoices" / "new_corrected.csv", corrected)
    assert refreshed() == ([], before + 150)


def test_parents_that_lead_back_to_a_customer_are_listed_until_one_is_corrected(home: Settings, tmp_path: Path) -> None:
    folder = home.home.parent / "landing" / "ar" / "customers"
    parents = {"C2": "C3", "C3": "C2", "C4": "C2", "C5": "C5"}
    write_csv(folder / "b.csv", [{"customer_id": one, "parent_customer_id": above} for one, above in parents.items()])
    published(home)
    [held] = told("--table", "customers")["held_back"]
    rule = "the customer's parents lead back to it: it counts, its parent is left out"
    assert (held["column"], held["rule"], held["rows"]) == ("parent_customer_id", rule, 2)
    reasons = [(one["reason"], one["waits_for"]) for one in told("--waiting", "--table", "customers")["waiting"]]
    assert reasons == [(f"the parents of customer {one} lead back to it", None) for one in ("C2", "C3")]
    told("--table", "customers", "--write", str(tmp_path / "customers.csv"))
    rows = cells(tmp_path / "customers.csv")
    assert [(row["customer_id"], row["parent_customer_id"]) for row in rows] == [("C2", "C3"), ("C3", "C2")]
    write_csv(folder / "c.csv", [{"customer_id": "C2", "parent_customer_id": "C1"}])
    published(home)
    assert told("--table", "customers")["held_back"] == []
