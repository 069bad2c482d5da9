"""Columns declared as dimensions stay in rows of a person who was erased: figures are made by them.

Not here: what goes (test_erased_rows.py).
"""

from pathlib import Path

import duckdb
from typer.testing import CliRunner

from cli.main import app
from duebook.contract import read_contract
from duebook.landing.erased import clear, count_rows, landed, of_persons
from duebook.landing.loading import load_landing
from duebook.persons import Person
from duebook.settings import RAW_SCHEMA, Settings
from tests.support.landing.files import INVOICE, write_csv

ANNA = "Anna Quixote"
HEADER = "dimension,label,source_table,source_column,publish\n"
DECLARED = "salesperson,Salesperson,invoices,Sold by,masked\nroute,Route,invoices,a/b,as_landed\n"


def erase(settings: Settings) -> dict[str, int]:
    contract = read_contract()
    with landed(settings) as con:
        which = of_persons(con, [Person("customer", "C1")], contract)
        found = count_rows(con, which, settings, contract, left=True)
        clear(con, which, settings, contract)
    return found


def test_declared_columns_stay_in_rows_of_their_table(tmp_path: Path) -> None:
    """Another column, and one of that name in another table, may name the person."""
    settings = Settings(home=tmp_path / "home", landing=tmp_path / "landing")
    settings.reference_dir.mkdir(parents=True)
    (settings.reference_dir / "dimensions.csv").write_text(HEADER + DECLARED)
    of_anna = INVOICE | {"customer_id": "C1", "note": f"call {ANNA}"}
    rows = [of_anna | {"invoice_id": "I1", "Sold by": "Otto", "a/b": "7"}, of_anna | {"invoice_id": "I2"}]
    others = INVOICE | {"invoice_id": "I3", "customer_id": "C2", "Sold by": "Otto", "note": "call Otto"}
    write_csv(settings.landing / "ar" / "invoices" / "load.csv", [*rows, others])
    card = {"customer_id": "C1", "customer_name": ANNA, "Sold by": ANNA}
    write_csv(settings.landing / "ar" / "customers" / "load.csv", [card])
    load_landing(settings, lambda line: None)
    assert erase(settings) == {"customers": 1, "invoices": 2}
    with duckdb.connect(settings.landed_file, read_only=True) as con:
        of_invoices = con.execute(f"select extra_columns from {RAW_SCHEMA}.invoices order by invoice_id").fetchall()
        of_customers = con.execute(f"select extra_columns from {RAW_SCHEMA}.customers").fetchall()
    assert of_invoices == [
        ('{"Sold by":"Otto","a/b":"7"}',),
        (None,),
        ('{"note":"call Otto","Sold by":"Otto"}',),
    ]
    assert of_customers == [(None,)]
    assert erase(settings) == {}


def test_a_value_that_stays_is_none_of_the_texts_looked_for(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", landing=tmp_path / "landing")
    settings.reference_dir.mkdir(parents=True)
    (settings.reference_dir / "dimensions.csv").write_text(HEADER + DECLARED)
    invoice = INVOICE | {"customer_id": "C1", "Sold by": "Otto Panza", "note": f"call {ANNA}"}
    write_csv(settings.landing / "ar" / "invoices" / "load.csv", [invoice])
    load_landing(settings, lambda line: None)
    options = ["--home", str(settings.home), "--landing", str(settings.landing), "--customer", "C1", "--yes"]
    output = CliRunner().invoke(app, ["erase", *options]).output
    assert "Looked for 1 text of 6 letters or more in every file of the home: none is left." in output
