"""Business Central: the month ends of the fixture to the cent, and mistakes in the SQL that are noticed."""

from pathlib import Path

import pytest

from tests.support.adapters.month_ends import differences, made_of, with_mistake
from tests.support.borrowed import SHAPES_DIR, SOURCES, needs_borrowed

SOURCE, EXPECTED = SHAPES_DIR / "business_central", SHAPES_DIR / "expected" / "business_central_ar_monthly.csv"

pytestmark = needs_borrowed(SOURCES)

MISTAKES = {
    "sign turned round": ("invoices.sql", "    amount,", "    -amount as amount,"),
    "first part payments left out": (
        "applications.sql",
        "    debit_kind in",
        "    detail_no > '300' and debit_kind in",
    ),
    "discounts left out": ("adjustments.sql", "'Payment Discount%'\n        or", "'none'\n        or"),
    "undone applications kept": ("applications.sql", "    undone_date as", "    cast(null as date) as"),
    "reversed payments kept": ("reversals.sql", "where", "where false and"),
    "credit memos not applied": ("applications.sql", "in ('receipt', 'credit_memo')", "in ('receipt')"),
    "both sides of an application taken": ("views/bc__pairs.sql", "where numbered.is_application", "where true"),
}


@pytest.fixture
def options(tmp_path) -> Path:
    file = tmp_path / "options.yml"
    file.write_text("options: {write_off_documents: 'WO%'}\n", encoding="utf-8")
    return file


def test_month_ends_are_the_expected_ones_to_the_cent(tmp_path, options) -> None:
    with made_of("business_central", SOURCE, tmp_path, options) as made:
        assert differences(made.extracted, EXPECTED) == {}


def test_the_tie_has_every_document_and_no_difference(tmp_path, options) -> None:
    with made_of("business_central", SOURCE, tmp_path, options) as made:
        assert (made.tie.documents, made.tie.differences) == (264, [])


def test_without_declared_write_offs_receivables_are_the_same(tmp_path) -> None:
    with made_of("business_central", SOURCE, tmp_path) as made:
        assert differences(made.extracted, EXPECTED) == {}
        assert "write_off" not in {
            row[0]
            for row in made.extracted.con.execute(
                f"select adjustment_type from {made.extracted.tables['adjustments']}"
            ).fetchall()
        }


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_its_sql_is_noticed(tmp_path, options, mistake) -> None:
    wrong = with_mistake("business_central", mistake, tmp_path / "wrong")
    with made_of(wrong, SOURCE, tmp_path, options) as made:
        assert differences(made.extracted, EXPECTED) != {}
