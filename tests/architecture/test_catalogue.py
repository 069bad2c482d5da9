"""The committed pages of the catalogue are as new as what they are written from.

Not here: the KPIs' page, whose examples need a publication (tests/integration/test_catalogue.py).
"""

import re
from pathlib import Path

import pytest

from catalogue.writing import ADAPTERS, COMMITTED, DECISIONS, KPIS, LICENCES, PERSONAL_DATA, project_pages
from duebook.contract import read_contract


@pytest.fixture(scope="module")
def pages(manifest: dict) -> dict[str, str]:
    """The checkout's pages by their path: written once, for the page of adapters runs all their SELECTs."""
    return project_pages(manifest)


@pytest.mark.parametrize(
    "name", ["README.md", "marts.md", "raw_contract.md", "entities.md", ADAPTERS, LICENCES, PERSONAL_DATA, DECISIONS]
)
def test_a_page_is_as_new_as_its_source(pages: dict[str, str], name: str) -> None:
    assert (COMMITTED / name).read_text(encoding="utf-8") == pages[name], "run `make docs`"


def test_no_page_is_left_of_what_is_no_longer_written(pages: dict[str, str]) -> None:
    by_hand = {"upgrades.md", "glossary.md"}
    assert {path.name for path in COMMITTED.glob("*.md")} == {*pages, KPIS} - {DECISIONS, PERSONAL_DATA} | by_hand


def test_decisions_are_listed_in_the_checkout_and_in_no_home(
    manifest: dict, pages: dict[str, str], tmp_path: Path
) -> None:
    assert DECISIONS in pages
    assert DECISIONS in pages["README.md"]
    of_a_home = project_pages(manifest, tmp_path)
    assert DECISIONS not in of_a_home
    assert DECISIONS not in of_a_home["README.md"]


def test_every_reference_of_the_contract_is_drawn(pages: dict[str, str]) -> None:
    drawn = set(re.findall(r"  (\w+) \S+ (\w+) : \"(\w+)\"", pages["entities.md"]))
    assert drawn == {
        (column.references, table.name, column.name)
        for table in read_contract().tables
        for column in table.columns
        if column.references
    }


def test_links_of_the_pages_lead_somewhere() -> None:
    texts = {path.name: path.read_text(encoding="utf-8") for path in COMMITTED.glob("*.md")}
    places = {
        (name, anchor)
        for name, text in texts.items()
        for anchor in ["", *re.findall(r"^#+ (\w+)$", text, re.MULTILINE), *re.findall(r'<a id="(\w+)">', text)]
    }
    links = {
        (target or name, anchor)
        for name, text in texts.items()
        for target, anchor in re.findall(r"\]\(([\w.]*)#?(\w*)\)", text)
    }
    assert links - places == set()


def test_recipes_for_bi_tools_name_marts_there_are(manifest: dict) -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in (COMMITTED / "bi").glob("*.md"))
    named = set(re.findall(r"\bmarts\.([a-z]\w+)|\b((?:dim|fct)_[a-z_]+|[a-z_]+_monthly)\b", text))
    marts = {node["name"] for node in manifest["nodes"].values() if node.get("schema") == "marts"}
    assert {one or other for one, other in named} - marts == set()
    assert "scorecard_monthly" in marts
