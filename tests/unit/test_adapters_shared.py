"""Documents that two lists of one landing have: what is said before the later one replaces the other."""

import pytest

from duebook.adapters.landing import Request, land, make, work_database
from duebook.contract import read_contract
from duebook.settings import Settings

MAPPING = """
grain: invoice
columns: {invoice_id: number, customer_id: customer, invoice_date: date, amount: amount}
constants: {company_id: ACME, currency_code: EUR}
"""


@pytest.fixture
def home(tmp_path) -> Settings:
    settings = Settings(home=tmp_path / "home", landing=tmp_path / "landing", as_of="2024-06-30")
    settings.home.mkdir()
    return settings


def landed(home: Settings, name: str, amounts: dict[str, str]) -> list[str]:
    """Land one list of invoices; returns what it said of documents that another source has."""
    rows = "".join(f"{number},C1,2024-01-01,{amount}\n" for number, amount in amounts.items())
    (home.home / f"{name}.csv").write_text(f"number,customer,date,amount\n{rows}", encoding="utf-8")
    (home.home / f"{name}.yml").write_text(f"name: {name}\n{MAPPING}", encoding="utf-8")
    with work_database(home) as con:
        request = Request("flat", str(home.home / f"{name}.csv"), str(home.home / f"{name}.yml"))
        made, user = make(con, request, home, read_contract(), print)
        land(made, user, home, read_contract(), print)
        return [one for one in made.warnings if "of this source" in one]


def test_a_document_that_another_source_landed_otherwise_is_named_with_both_amounts(home) -> None:
    assert landed(home, "a", {"I1": "100", "I2": "60"}) == []
    landed(home, "a", {"I1": "110", "I2": "60"})
    [said] = landed(home, "b", {"I1": "75.5", "I3": "5", "M1": "-5"})
    assert said.startswith("Look at: 1 document of this source has the id of one that flat-a landed with other content")
    assert "invoices I1 (EUR 75.50 here, EUR 110.00 there). " in said


def test_at_most_five_documents_are_named_and_all_are_counted(home) -> None:
    landed(home, "a", {f"I{n}": "100" for n in range(6)})
    [five] = landed(home, "b", {f"I{n}": "1" for n in range(5)})
    assert (five.count(" there"), "more" in five) == (5, False)
    [six] = landed(home, "c", {f"I{n}": "1" for n in range(6)})[:1]
    assert (six.count(" there"), "; and 1 more. " in six) == (5, True)


def test_documents_that_another_source_landed_alike_are_only_counted(home) -> None:
    landed(home, "a", {"I1": "100", "M1": "-60"})
    assert landed(home, "b", {"I1": "100", "M1": "-60", "I2": "1"}) == [
        "Look at: 2 documents of this source were landed by flat-a, too, with the same content; each counts once."
    ]


def test_the_same_list_again_and_a_list_of_another_landing_say_nothing(home) -> None:
    landed(home, "a", {"I1": "100"})
    assert landed(home, "a", {"I1": "90"}) == []
    elsewhere = home.model_copy(update={"landing": home.landing.with_name("elsewhere")})
    assert landed(elsewhere, "b", {"I1": "80"}) == []
