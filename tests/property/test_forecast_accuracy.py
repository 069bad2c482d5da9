"""The scores of frozen forecasts held against plain Python, on ledgers of random payments.

Not here: the forecasts that are scored (test_payment_forecasts.py).
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.compiled_models import KNOWN_DAY, CompiledModels, compiled_models, mart_rows
from tests.support.generators.payments import Rows, payment_history
from tests.support.oracle.forecast_scores import Scores, calibration, cash_scores, item_scores
from tests.support.oracle.payments import spells_in
from tests.support.oracle.weekly_cash import scopes_of

FROZEN = {"frozen_forecasts": "int_published_forecasts", "frozen_cash_forecasts": "int_published_cash_forecasts"}
SCORED = {
    "int_forecast_outcomes", "int_forecast_ranks", "int_cash_forecasts_scored", "int_forecast_scores",
    "forecast_accuracy", "forecast_calibration",
}  # fmt: skip
# All 13 weeks are over of one, and most invoices paid; of the other next to nothing is known.
LONG_AGO, LATELY = KNOWN_DAY - timedelta(100), KNOWN_DAY - timedelta(9)


def frozen_on(landing: Rows, day: date) -> dict[str, pa.Table]:
    with compiled_models(day).of(FROZEN).build(landing) as connection:
        return {mart: connection.execute(f"select * from marts.{mart}").to_arrow_table() for mart in FROZEN}


def score(connection: duckdb.DuckDBPyConnection, models: CompiledModels, frozen: Mapping[str, pa.Table]) -> None:
    """Have the warehouse find these forecasts published, and build the scores again."""
    for statement in models.statements:
        [relation] = re.findall(r"\Acreate table (\S+) as", statement)
        model = relation.split(".")[-1].strip('"')
        of = {published: frozen[mart] for mart, published in FROZEN.items()}.get(model)
        if of is not None or model in SCORED:
            connection.execute(f"drop table {relation}")
        if of is not None:
            connection.register("of_these", of)
            connection.execute(f"create table {relation} as select * from of_these")
            connection.unregister("of_these")
        elif model in SCORED:
            connection.execute(statement)


def cash_of(landing: Rows, day: date, scope: str, first: date, last: date) -> float:
    customers = {row["customer_id"]: row for row in landing["customers"]}
    invoices = {row["invoice_id"]: row for row in landing["invoices"] if row["invoice_date"] <= day}
    return sum(
        float(row["amount"])
        for row in landing["applications"]
        if first <= row["applied_date"] <= last
        and (invoice := invoices.get(row["invoice_id"]))
        and scope in scopes_of(invoice | {"segment": customers[invoice["customer_id"]]["segment"]})
    )


@settings(max_examples=2, derandomize=True)
@given(seed=st.integers(0, 10_000))
def test_scores_are_the_oracles(seed: int) -> None:
    landing = payment_history(seed, KNOWN_DAY, invoices=600)
    frozen = {day: frozen_on(landing, day) for day in (LONG_AGO, LATELY)}
    models = compiled_models(KNOWN_DAY).of(("forecast_accuracy", "forecast_calibration"))
    with models.build(landing) as connection:
        together = {mart: pa.concat_tables([of[mart] for of in frozen.values()]) for mart in FROZEN}
        score(connection, models, together)
        found = mart_rows(connection, "forecast_accuracy", ("as_of_date", "scope", "measure", "tenth"))
        calibrated = mart_rows(connection, "forecast_calibration", ("scope", "late_by", "band"))
        history = spells_in(connection)
    expected: dict[date, Scores] = {}
    for day, of in frozen.items():
        rows = {mart: table.to_pylist() for mart, table in of.items()}
        expected[day] = item_scores(rows["frozen_forecasts"], history, KNOWN_DAY) | cash_scores(
            rows["frozen_cash_forecasts"], lambda *of_week, day=day: cash_of(landing, day, *of_week), KNOWN_DAY
        )
    assert found.keys() == {(day, *of) for day, scores in expected.items() for of in scores}
    for (day, *of), row in found.items():
        n, to_come, value, beside = expected[day][tuple(of)]
        assert (row["n"], row["n_open_still"]) == (n, to_come)
        assert row["value"] == (None if value is None else pytest.approx(value, abs=1e-6))
        assert (row["baseline_value"] if row["tenth"] == 0 else row["said"]) == (
            None if beside is None else pytest.approx(beside, abs=1e-6)
        )
        assert (row["reason"] is None) == (value is not None)
        is_known = to_come is not None and n and n / (n + to_come) >= 0.8
        assert (row["beats_baseline"] is None) == (row["skill"] is None or not is_known)
    assert found[LONG_AGO, "portfolio", "wape_cash_13w", 0]["reason"] is None
    assert found[LATELY, "portfolio", "wape_cash_4w", 0]["reason"] == "too_early"
    assert found[LONG_AGO, "portfolio", "mae_days", 0]["n"] > 10
    awaited = [found[LATELY, "portfolio", f"brier_late_{day}", 0]["n_open_still"] for day in (0, 30)]
    assert 0 < awaited[0] < awaited[1]
    expected_bands = calibration(together["frozen_forecasts"].to_pylist(), history, KNOWN_DAY)
    assert calibrated.keys() == expected_bands.keys()
    for of, (n, said, late) in expected_bands.items():
        row = calibrated[of]
        assert (row["n"], row["said"], row["share_late"]) == (n, pytest.approx(said), pytest.approx(late))
    assert {late_by for _, late_by, _ in calibrated} == {0, 30}
