"""Erasing a person reaches what was published to Postgres, and is repeated where Postgres was out of reach."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from duebook.landing.loading import load_landing
from duebook.persons import Person
from duebook.publication.postgres.publish import PostgresError
from duebook.rights.erasing import Erased, erase
from duebook.settings import Settings
from tests.support.landing.files import INVOICE, write_csv
from tests.support.publications.postgres_server import Database
from tests.support.publications.to_postgres import KEYS, Home

ANNA, OTTO = "Anna Quixote", "Otto Zebrowski"
NAMED = "select customer_id, customer_name from marts.dim_customers order by 1"
CONTACTS = "select customer_id, email from personal.customer_contacts order by 1"
OUT_OF_REACH = SecretStr("postgresql://nobody@127.0.0.1:1/gone")


@pytest.fixture
def home(tmp_path: Path, database: Database) -> Home:
    """A home of two customers, published to files and to Postgres."""
    made = Home(tmp_path, database)
    # One that rows can be loaded into.
    made.settings = made.settings.model_copy(update={"home": tmp_path / "home"})
    names = {"C1": ANNA, "C2": OTTO}
    rows = [
        {"customer_id": key, "customer_name": name, "email": f"{name[:4]}@example.com"} for key, name in names.items()
    ]
    write_csv(tmp_path / "ar" / "customers" / "load_1.csv", rows)
    write_csv(tmp_path / "ar" / "invoices" / "load_1.csv", [INVOICE])
    load_landing(made.settings, made.tell)
    made.build("r1")
    values = ", ".join(f"('{row['customer_id']}', '{row['customer_name']}', '{row['email']}')" for row in rows)
    made.run(
        f"create table marts.dim_customers as select * from (values {values})"
        " as t(customer_id, customer_name, email_masked)",
        f"create or replace table personal.customer_contacts as select * from (values {values})"
        " as t(customer_id, customer_name, email)",
    )
    made.publish_file("r1")
    made.publish_to_postgres()
    return made


def erase_anna(settings: Settings) -> Erased:
    return erase(settings, Person("customer", "C1"), lambda *_: None, KEYS, lambda line: None)


def test_postgres_has_nothing_of_the_person_and_all_of_the_others(home: Home) -> None:
    assert home.database.read(NAMED) == [("C1", ANNA), ("C2", OTTO)]
    assert erase_anna(home.settings).postgres == home.publish_to_postgres().place
    assert home.database.read(NAMED) == [("C1", "***"), ("C2", OTTO)]
    assert home.database.read(CONTACTS) == [("C1", None), ("C2", "Otto@example.com")]


def test_out_of_reach_it_is_said_and_the_next_time_reached(home: Home) -> None:
    with pytest.raises(PostgresError):
        erase_anna(home.settings.model_copy(update={"postgres_url": OUT_OF_REACH}))
    assert home.database.read(NAMED)[0] == ("C1", ANNA)
    assert erase_anna(home.settings).rows == {}, "files and landed rows were done before"
    assert home.database.read(NAMED)[0] == ("C1", "***")
