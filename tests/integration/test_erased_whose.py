"""Whose a landed row is that says it badly, or that was booked to another customer: who is erased, and who asks.

Here: rows in quarantine that name nobody, or an id with spaces around it, and records of two customers. Not here: what
is cleared of a row (test_erased_rows.py), the command (test_erase.py, test_subject.py).
"""

import json
import shutil
from pathlib import Path

import duckdb
import pytest

from duebook.contract import read_contract
from duebook.landing.erased import clear, count_rows, landed, note, of_persons
from duebook.landing.loading import load_landing
from duebook.persons import Person
from duebook.rights.exporting import export
from duebook.settings import RAW_SCHEMA, Settings
from tests.support.landing.files import INVOICE, Row, write_csv

ANNA, OTTO = Person("customer", "C1"), Person("customer", "C2")
# Every text says whose it is by whom it is to be cleared for, and has a number of its own.
CONTACT = {"occurred_at": "2025-01-31T10:00:00", "channel": "phone", "direction": "outbound"}
PAID = {"company_id": "K", "receipt_date": "2025-02-01", "currency_code": "EUR", "amount": "10.00"}
DISPUTED = {"opened_date": "2025-02-01", "amount": "5.00"}
BAD = {"duration_seconds": "ten"}
EARLIER, LATER = {"updated_at": "2025-02-01T00:00:00"}, {"updated_at": "2025-03-01T00:00:00"}
LANDING: dict[str, list[Row]] = {
    "ar/customers": [{"customer_id": key, "customer_name": key} for key in ("C1", "C2")],
    "ar/invoices": [
        INVOICE | {"invoice_id": "I1", "customer_id": "C1"},
        INVOICE | {"invoice_id": "I2", "customer_id": "C2"},
        INVOICE | {"invoice_id": "J1", "customer_id": " C1", "invoice_number": "Anna 1", "amount": "ten"},
        # A good row of that key is Otto's, and what names it.
        INVOICE | {"invoice_id": "I2", "customer_id": "C1", "invoice_number": "Anna 2", "amount": "ten"},
        INVOICE | {"invoice_id": "M", "customer_id": "C1", "invoice_number": "Anna 3", **EARLIER},
        INVOICE | {"invoice_id": "M", "customer_id": "C2", "invoice_number": "Otto 1", **LATER},
    ],
    "ar/disputes": [
        DISPUTED | {"dispute_id": "D1", "invoice_id": "J1", "reason_code": "Anna 4"},
        DISPUTED | {"dispute_id": "D2", "invoice_id": "\tI1 ", "reason_code": "Anna 5", "amount": "ten"},
        DISPUTED | {"dispute_id": "D3", "invoice_id": "I2", "reason_code": "Otto 2"},
        DISPUTED | {"dispute_id": "D4", "invoice_id": "M", "reason_code": "both 1"},
    ],
    "collections/activities": [
        CONTACT | BAD | {"activity_id": "A1", "customer_id": "", "invoice_id": "I1", "outcome": "Anna 6"},
        CONTACT | BAD | {"activity_id": "A2", "customer_id": " C1 ", "invoice_id": "", "outcome": "Anna 7"},
        CONTACT | BAD | {"activity_id": "A3", "customer_id": "c1", "invoice_id": " I1", "outcome": "Anna 8"},
        CONTACT | BAD | {"activity_id": "", "customer_id": "", "invoice_id": "I1", "outcome": "Anna 9"},
        CONTACT | BAD | {"activity_id": "A5", "customer_id": "", "invoice_id": "I2", "outcome": "Otto 3"},
        CONTACT | BAD | {"activity_id": "A6", "customer_id": "C2", "invoice_id": "I1", "outcome": "Otto 4"},
        CONTACT | {"activity_id": "A7", "customer_id": "C1 ", "invoice_id": "", "outcome": "Anna 10"},
    ],
    "collections/promises": [
        {
            "promise_id": "P1",
            "activity_id": "A1",
            "customer_id": "",
            "made_date": "ten",
            "due_date": "2025-02-01",
            "amount": "1",
            "currency_code": "EUR",
            "said": "Anna 11",
        }
    ],
    "payments/receipts": [
        PAID | {"receipt_id": "R1", "customer_id": "", "reference": "Anna 12", "amount": "ten"},
        PAID | {"receipt_id": "R2", "customer_id": "C1", "reference": "Anna 13", **EARLIER},
        PAID | {"receipt_id": "R2", "customer_id": "C2", "reference": "Otto 5", **LATER},
        PAID | {"receipt_id": "R3", "customer_id": "C2", "reference": "Otto 6", **EARLIER},
        PAID | {"receipt_id": "R3", "customer_id": "C1", "reference": "Anna 14", **LATER},
    ],
    "payments/applications": [
        {"application_id": "P1", "receipt_id": "R1", "invoice_id": "I1", "applied_date": "2025-02-02", "amount": "1"},
        {"application_id": "P2", "receipt_id": "R9", "invoice_id": "I1", "applied_date": "ten", "said": "Anna 15"},
    ],
    "payments/reversals": [
        {"reversal_id": "V2", "receipt_id": "R2", "reversal_date": "2025-02-03", "amount": "1", "reason": "both 2"},
        {"reversal_id": "V3", "receipt_id": "R3", "reversal_date": "2025-02-03", "amount": "1", "reason": "both 3"},
    ],
}
ANNAS, OTTOS = ({f"{name} {number + 1}" for number in range(most)} for name, most in (("Anna", 15), ("Otto", 6)))
BOTHS = {"both 1", "both 2", "both 3"}


def land(settings: Settings, name: str) -> None:
    for table, rows in LANDING.items():
        write_csv(settings.landing / table / f"{name}.csv", rows)
    load_landing(settings, lambda line: None)


def said(settings: Settings) -> set[str]:
    """Which texts landed rows and quarantine have."""
    with duckdb.connect(settings.landed_file, read_only=True) as con:
        tables = [name for (name,) in con.execute("select table_name from duckdb_tables()").fetchall()]
        rows = [con.execute(f"from {RAW_SCHEMA}.{name}").fetchall() for name in tables if name != "landed_columns"]
    return {text for text in ANNAS | OTTOS | BOTHS if f"{text}'" in str(rows) or f'{text}"' in str(rows)}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("whose")
    made = Settings(home=folder / "home", landing=folder / "landing", max_bad_share=1)
    land(made, "load_1")
    return made


@pytest.fixture
def settings(loaded: Settings, tmp_path: Path) -> Settings:
    """A copy of that home."""
    shutil.copytree(loaded.home.parent, tmp_path, dirs_exist_ok=True)
    return loaded.model_copy(update={"home": tmp_path / "home", "landing": tmp_path / "landing"})


def erase(settings: Settings, person: Person) -> None:
    contract = read_contract()
    with landed(settings) as con:
        clear(con, of_persons(con, [person], contract), settings, contract)
    note(settings, person)


@pytest.mark.long
def test_a_row_that_names_somebody_badly_goes_with_the_person_and_comes_back_with_no_load(settings: Settings) -> None:
    assert said(settings) == ANNAS | OTTOS | BOTHS
    erase(settings, ANNA)
    assert said(settings) == OTTOS
    contract = read_contract()
    with landed(settings) as con:
        which = of_persons(con, [ANNA], contract)
        assert count_rows(con, which, settings, contract) == {}
        held = count_rows(con, which, settings, contract, left=False)
        left = con.execute("select row_as_landed from landed.raw.quarantined_rows where table_name = 'activities'")
        ids = {one for (one,) in left.fetchall() if len(json.loads(one)) <= 3}
    # Invoices J1 and I2, a dispute, four contacts, a promise, cash and its application: still found, by their ids.
    assert held["quarantined_rows"] == 10
    assert ids >= {'{"activity_id":"A1","invoice_id":"I1"}', '{"activity_id":"A2","customer_id":"C1"}'}
    assert {'{"activity_id":"A3","invoice_id":"I1"}', '{"invoice_id":"I1"}'} <= ids, "c1 is nobody's id"
    land(settings, "load_2")
    assert said(settings) == OTTOS


def test_of_a_record_booked_to_another_customer_each_version_is_of_whom_it_names(settings: Settings) -> None:
    erase(settings, OTTO)
    assert said(settings) == ANNAS


@pytest.mark.parametrize(
    ("person", "texts"), [(ANNA, ANNAS | {"both 3"}), (OTTO, OTTOS | {"both 1", "both 2"})], ids=["first", "then"]
)
def test_who_asks_gets_what_names_a_record_only_where_it_is_theirs_now(
    settings: Settings, tmp_path: Path, person: Person, texts: set[str]
) -> None:
    export(settings, person, tmp_path / "of.json")
    written = (tmp_path / "of.json").read_text()
    assert {text for text in ANNAS | OTTOS | BOTHS if f'{text}"' in written or f'{text}\\"' in written} == texts
