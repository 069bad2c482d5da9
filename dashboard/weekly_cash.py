"""Cash by week, as it is expected and as it came in, and how good the forecasts were that were frozen.

Here: rows of `cash_forecast_weekly`, `cash_forecast_outcomes`, `forecast_accuracy` and `forecast_calibration`, by
scope. Not here: what is expected of single invoices (forecast.py), how it is scored (docs/guide/forecast.md).
"""

from typing import Any

from dashboard.tables import by_key
from duebook.publication.reader import Published

MARTS = ("cash_forecast_weekly", "cash_forecast_outcomes", "forecast_accuracy", "forecast_calibration")
# Of past weeks the forecast of the Monday before each; the marts have those of up to thirteen weeks before, too.
AHEAD = """
    select
        scope, first_date as first, last_date as last, from_open_items as expected, p10, p90,
        from_billings_to_come as to_come, reason
    from {marts}.cash_forecast_weekly
    where level <> 'currency'
    order by scope, week
"""
OVER = """
    select
        scope, first_date as first, last_date as last, from_open_items as expected, p10, p90, cash,
        is_in_interval as within
    from {marts}.cash_forecast_outcomes
    where level <> 'currency' and week = 1
    order by scope, as_of_date
"""
ERRORS = """
    select scope, as_of_date as frozen, n, n_open_still as open_still, value, baseline_value as baseline
    from {marts}.forecast_accuracy
    where measure = 'mae_days' and value is not null and scope not like 'currency:%'
    order by scope, as_of_date
"""
# The newest of each measure that is held against its baseline, or is known at all; of one that isn't, why.
SCORES = """
    select
        scope, measure, as_of_date as frozen, n, value, baseline_value as baseline, beats_baseline as beats, reason
    from {marts}.forecast_accuracy
    where tenth = 0 and scope not like 'currency:%'
    qualify
        row_number() over (
            partition by scope, measure order by beats_baseline is null, value is null, as_of_date desc
        ) = 1
    order by scope, measure
"""
CALIBRATION = """
    select scope, late_by, band, n, said, share_late as late
    from {marts}.forecast_calibration
    order by scope, late_by, band
"""


def read_weekly_cash(published: Published) -> dict[str, Any] | None:
    """Read cash by week and what became of forecasts; amounts in the reporting currency.

    Returns:
        Tables by scope (`portfolio`, a company, a segment): `ahead` and `over`, weeks to come and past ones; `errors`,
        days off by frozen day; `scores`, the newest of each measure; `calibration`. None if an older Duebook made the
        publication.
    """
    if not all(map(published.has, MARTS)):
        return None
    tables = {"ahead": AHEAD, "over": OVER, "errors": ERRORS, "scores": SCORES, "calibration": CALIBRATION}
    return {name: by_key(published.records(query), "scope") for name, query in tables.items()}
