"""Customers and companies that several sources of a home describe: whose rows are landed, whatever files are called."""

import duckdb
import pytest

from duebook.adapters.configured import configured_sources, landed_before, name_of
from duebook.adapters.landing import Request, land, make, work_database
from duebook.contract import read_contract
from duebook.landing.current import read_standing
from duebook.settings import Settings

INVOICES = """
name: {name}
grain: invoice
columns: {{customer_id: customer, customer_name: called, invoice_id: number, invoice_date: date, amount: amount}}
constants: {{company_id: ACME, currency_code: EUR}}
"""
CUSTOMERS = "name: {name}\ngrain: customer\ncolumns: {{customer_id: customer, customer_name: called}}\n"
LINE = "customer,called,number,date,amount\n"


@pytest.fixture
def home(tmp_path) -> Settings:
    settings = Settings(home=tmp_path / "home", landing=tmp_path / "landing", as_of="2024-06-30")
    settings.home.mkdir()
    return settings


def landed(home: Settings, name: str, called: str, mapping: str = INVOICES, exports: str = "incremental") -> list[str]:
    """Land one list that calls its customers so, by id; returns what a person has to look at."""
    names = dict(one.split("=") for one in called.split())
    rows = "".join(f"{one},{says},{name}{one},2024-01-01,5\n" for one, says in names.items())
    (home.home / f"{name}.csv").write_text(LINE + rows, encoding="utf-8")
    (home.home / f"{name}.yml").write_text(mapping.format(name=name), encoding="utf-8")
    (home.home / "options.yml").write_text(f"exports: {exports}\nmost_deleted: 1\n", encoding="utf-8")
    places = [str(home.home / f"{name}.{ending}") for ending in ("csv", "yml")]
    with work_database(home) as con:
        made, user = make(con, Request("flat", *places, home.home / "options.yml"), home, read_contract(), print)
        land(made, user, home, read_contract(), print)
        return [one for one in made.warnings if "landed them first" in one]


def called(home: Settings) -> dict[str, str]:
    """What customers are called by the landing."""
    with duckdb.connect() as con:
        read_standing(con, {"customers": "customers"}, home, read_contract(), lambda _: None)
        return dict(con.execute("select customer_id, customer_name from customers order by 1").fetchall())


@pytest.mark.parametrize(("earlier", "later"), [("a", "b"), ("b", "a")])
def test_of_two_lists_of_documents_the_one_that_landed_first_describes_a_customer(home, earlier, later) -> None:
    assert landed(home, earlier, "C1=Acme C2=Bolt") == []
    [said] = landed(home, later, "C1=ACME C2=Bolt C3=Cask")
    assert said.startswith("Look at: 1 of 3 rows of customers (C1) say something else in flat-" + earlier)
    assert called(home) == {"C1": "Acme", "C2": "Bolt", "C3": "Cask"}
    # What the later calls it never lands; what the earlier calls it does.
    landed(home, later, "C1=AcmE C2=Bolt C3=Casks")
    landed(home, earlier, "C1=Acme_2 C2=Bolt")
    assert called(home) == {"C1": "Acme_2", "C2": "Bolt", "C3": "Casks"}


@pytest.mark.parametrize("name", ["a_customers", "z_customers"])
@pytest.mark.parametrize("exports", ["incremental", "full"])
def test_a_list_of_customers_counts_before_lists_that_name_them(home, name, exports) -> None:
    landed(home, name, "C1=Acme_Ltd", CUSTOMERS)
    assert landed(home, "invoices", "C1=Acme C2=Bolt", exports=exports) == []
    assert called(home) == {"C1": "Acme_Ltd", "C2": "Bolt"}


@pytest.mark.parametrize("name", ["a_customers", "z_customers"])
@pytest.mark.parametrize("exports", [pytest.param("incremental", marks=pytest.mark.long), "full"])
def test_a_list_of_customers_that_lands_later_takes_over(home, name, exports) -> None:
    landed(home, "invoices", "C1=Acme C2=Bolt", exports=exports)
    landed(home, name, "C1=Acme_Ltd", CUSTOMERS)
    assert called(home) == {"C1": "Acme_Ltd", "C2": "Bolt"}
    landed(home, "invoices", "C1=Acme_new C2=Bolts", exports=exports)
    assert called(home) == {"C1": "Acme_Ltd", "C2": "Bolts"}


def test_another_landing_has_its_own_customers(home) -> None:
    landed(home, "a", "C1=Acme")
    elsewhere = home.model_copy(update={"landing": home.landing.with_name("elsewhere")})
    landed(elsewhere, "b", "C1=ACME")
    assert called(elsewhere) == {"C1": "ACME"}


def test_sources_are_landed_as_listed_but_what_describes_customers_before_what_names_them(home) -> None:
    listed = [("z", INVOICES), ("a", INVOICES), ("m", CUSTOMERS)]
    for name, mapping in listed:
        (home.home / f"{name}.yml").write_text(mapping.format(name=name), encoding="utf-8")
    lines = [f"- {{adapter: flat, source: {name}.csv, mapping: {name}.yml}}\n" for name, _ in listed]
    home.sources_file.write_text("".join(lines), encoding="utf-8")
    sources = configured_sources(home)
    assert [name_of(one) for one in sources] == ["flat-m", "flat-z", "flat-a"]
    before = {name_of(one): [name_of(b) for b in landed_before(one, sources, read_contract())] for one in sources}
    assert before == {"flat-m": [], "flat-z": ["flat-m"], "flat-a": ["flat-m", "flat-z"]}
