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

MARTS = ("disputes_monthly", "disputes_by_reason_monthly", "fct_disputes", "fct_dispute_spells", "open_items")
REASON_KEY = ("month_end", "company_id", "reason_code")
ADD_UP = "disputes_by_reason_add_up_to_disputes"
FOLLOW = "open_disputes_follow_from_openings_and_closings"
LEDGERS = 6


def models_of(as_of: date, known_as_of: date | None = None) -> CompiledModels:
    return compiled_models(as_of, known_as_of).of(MARTS)


def disagreements(connection: duckdb.DuckDBPyConnection, oracle: Oracle) -> list[Disagreement]:
    levels = monthly.all_levels(oracle.ledger, oracle.rates)
    expected = disputes.disputes_monthly(oracle.facts, oracle.ledger, oracle.rates, levels)
    wrong = compare("disputes_monthly", expected, mart_rows(connection, "disputes_monthly", LEVEL_KEY))
    words = {word for (word,) in connection.execute("select reason_code from reference.reason_codes").fetchall()}
    portfolio = levels["portfolio", None, None]
    expected = disputes.disputes_by_reason_monthly(oracle.facts, oracle.ledger, oracle.rates, portfolio, words)
    found = mart_rows(connection, "disputes_by_reason_monthly", REASON_KEY)
    return [
        *wrong,
        *compare("disputes_by_reason_monthly", expected, found),
        *open_item_disagreements(connection, oracle),
    ]


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
def test_months_and_reasons_follow_from_spells_and_one_that_does_not_is_noticed(landing: Landing) -> None:
    """The test of the data tests, too: a dispute more at a month's end, an opening less, a cent of a reason."""
    models, by_reason = models_of(MID_MONTH), "intermediate.int_disputes_by_reason_monthly"
    mart = "marts.disputes_by_reason_monthly"
    spoilt = {
        f"update {by_reason} set disputes_open = disputes_open + 1 where month_end = last": FOLLOW,
        f"update {by_reason} set disputes_opened = disputes_opened - 1 where month_end = last": FOLLOW,
        f"update {mart} set disputed_open = disputed_open + 0.01 where month_end = last": ADD_UP,
        f"delete from {mart} where month_end = last": ADD_UP,
    }
    with models.build(landing) as connection:
        assert models.failures(connection, FOLLOW) + models.failures(connection, ADD_UP) == []
        again = connection.execute("select sum(times_reopened) from marts.fct_disputes").fetchone()
        spells = connection.execute("select count(*) from marts.fct_dispute_spells where spell > 1").fetchone()
        assert again == spells
        for statement, data_test in spoilt.items():
            connection.execute("begin")
            connection.execute(statement.replace("last", f"(select max(month_end) from {by_reason})"))
            assert models.failures(connection, data_test) != [], statement
            connection.execute("rollback")
