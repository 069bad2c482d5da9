"""On random ledgers whose disputes are closed, opened again, corrected and taken back: what was disputed, and when.

Here: months and open items held against the oracle, which hears the versions one by one. Not here: each rule by hand
(unit tests of int_dispute_versions and int_dispute_spells).
"""

from datetime import date

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.agreement.comparing import LEVEL_KEY, Disagreement, Oracle, compare, open_item_disagreements
from tests.support.agreement.shrinking import assert_agreement
from tests.support.compiled_models import KNOWN_DAY, MID_MONTH, MONTH_END, CompiledModels, compiled_models, mart_rows
from tests.support.generators.collections import disputed_landings
from tests.support.oracle import disputes, monthly
from tests.support.oracle.landing import Landing

MARTS = ("disputes_monthly", "fct_disputes", "fct_dispute_spells", "open_items")
FOLLOW = "open_disputes_follow_from_openings_and_closings"
LEDGERS = 6


def models_of(as_of: date, known_as_of: date | None = None) -> CompiledModels:
    return compiled_models(as_of, known_as_of).of(MARTS)


def disagreements(connection: duckdb.DuckDBPyConnection, oracle: Oracle) -> list[Disagreement]:
    levels = monthly.all_levels(oracle.ledger, oracle.rates)
    expected = disputes.disputes_monthly(oracle.facts, oracle.ledger, oracle.rates, levels)
    wrong = compare("disputes_monthly", expected, mart_rows(connection, "disputes_monthly", LEVEL_KEY))
    return wrong + open_item_disagreements(connection, oracle)


def disputed(as_of: date) -> st.SearchStrategy[Landing]:
    return disputed_landings(as_of, LEDGERS).filter(lambda landing: len(landing["disputes"]) > LEDGERS)


@settings(max_examples=3, derandomize=True)
@given(landing=disputed(MID_MONTH))
def test_what_was_disputed_is_what_the_versions_tell_one_by_one(landing: Landing) -> None:
    assert_agreement(models_of(MID_MONTH), landing, comparing=disagreements)


@pytest.mark.slow
@pytest.mark.parametrize("as_of", [MID_MONTH, MONTH_END], ids=str)
@settings(max_examples=60)
@given(data=st.data())
def test_what_was_disputed_is_what_hundreds_of_ledgers_tell(as_of: date, data: st.DataObject) -> None:
    assert_agreement(models_of(as_of), data.draw(disputed(as_of)), comparing=disagreements)


@pytest.mark.long
@settings(max_examples=2, derandomize=True)
@given(landing=disputed(KNOWN_DAY))
def test_only_versions_that_were_known_tell(landing: Landing) -> None:
    assert_agreement(models_of(KNOWN_DAY, KNOWN_DAY), landing, KNOWN_DAY, comparing=disagreements)


@settings(max_examples=1, derandomize=True)
@given(landing=disputed(MID_MONTH))
def test_months_follow_from_spells_and_one_that_does_not_is_noticed(landing: Landing) -> None:
    """The test of the data test, too: a dispute more at a month's end, and an opening less."""
    models = models_of(MID_MONTH)
    with models.build(landing) as connection:
        assert models.failures(connection, FOLLOW) == []
        again = connection.execute("select sum(times_reopened) from marts.fct_disputes").fetchone()
        spells = connection.execute("select count(*) from marts.fct_dispute_spells where spell > 1").fetchone()
        assert again == spells != (0,)
        for spoilt in ("disputes_open = disputes_open + 1", "disputes_opened = disputes_opened - 1"):
            connection.execute("begin")
            last = "month_end = (select max(month_end) from intermediate.int_disputes_monthly)"
            connection.execute(f"update intermediate.int_disputes_monthly set {spoilt} where {last}")
            assert models.failures(connection, FOLLOW) != [], spoilt
            connection.execute("rollback")
