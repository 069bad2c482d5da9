"""A publication with a past: forecasts that were frozen before, and what became of them, put into a published file.

Here: rows whose figures are easy to tell apart. Not here: how forecasts are scored (tests/property).
"""

import duckdb

WEEKS = 30
# Each week's cash swings around what was expected; every fifth week is out of its interval.
OUTCOMES = f"""
    insert into cash_forecast_outcomes
    select * replace (cash between p10 and p90 as is_in_interval)
    from (
        select
            as_of_date - 7 * weeks_ago::integer as as_of_date, week, first_date - 7 * weeks_ago::integer as first_date,
            last_date - 7 * weeks_ago::integer as last_date, level, scope, company_id, segment, currency_code,
            from_open_items, p10, p90, baseline_from_open_items,
            if(weeks_ago % 5 = 0, p90 + 1000, from_open_items + (p90 - from_open_items) * sin(weeks_ago)) as cash,
            true as is_in_interval
        from frozen_cash_forecasts cross join range(1, {WEEKS + 1}) as weeks (weeks_ago)
        where week <= 2
    )
"""
# The forecast errs by 5 to 7 days; its baseline by a day more, in the newest month by a day less.
ERRORS = """
    insert into forecast_accuracy
        (as_of_date, scope, measure, tenth, n, n_open_still, value, baseline_value, skill, beats_baseline)
    select
        last_day(as_of - to_months(months_ago::integer))::date, scope, measure, 0, 400 + months_ago, 3, value,
        baseline, 1 - value / baseline, value < baseline
    from (
        select
            as_of_date as as_of, scope, months_ago, measure, (6 + sin(months_ago)) * size as value,
            value + if(months_ago = 1, -1, 1) * size as baseline
        from (select distinct as_of_date, scope from cash_forecast_weekly where level <> 'currency') as scopes
        cross join range(1, 13) as months (months_ago)
        cross join (values ('mae_days', 1), ('wape_cash_4w', 0.03)) as measures (measure, size)
    )
"""
NOT_YET = """
    insert into forecast_accuracy (as_of_date, scope, measure, tenth, n, n_open_still, reason)
    select distinct as_of_date - 30, scope, 'wape_cash_13w', 0, 4, 9, 'too_early' from cash_forecast_weekly
"""
# What is said with 5, 15 ... 95 % comes true a little less often.
CALIBRATION = """
    insert into forecast_calibration
    select scope, late_by, band, 1000 - 90 * band + late_by, (band - 0.5) / 10, (band - 0.5) / if(late_by = 0, 9.6, 12)
    from (select distinct scope from cash_forecast_weekly where level <> 'currency') as scopes
    cross join range(1, 11) as bands (band) cross join (values (0), (30)) as days (late_by)
"""


def put_a_past_into(connection: duckdb.DuckDBPyConnection) -> None:
    """Add frozen forecasts of the months and weeks before; the connection uses the marts' schema."""
    for statement in (OUTCOMES, ERRORS, NOT_YET, CALIBRATION):
        connection.execute(statement)
