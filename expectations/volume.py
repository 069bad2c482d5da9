"""The size of a load, compared with earlier loads of its table.

Here: the bounds, and what a load is compared with: the days it covers and its weekday. Not here: checks of the rows
themselves (arrivals.py).

The business day of a load is the as-of day of the first gate that checked it; all loads of one business day count as
one. A load covers the business days since the last one with a load (a file after a long weekend covers four days, and
may have four times the rows). Like its rows, a load is checked before the first build with it, and not again. After a
build with rows of its business day, further loads of the day may be of any small size: a corrected row lands alone.
"""

from datetime import date

from great_expectations.expectations import Expectation

from expectations.validation import literal, rule

# A load is compared with earlier business days if at least MIN_DAYS had loads, and with at most the MAX_DAYS latest of
# them; only with those of its own weekday, if there are at least MIN_OF_WEEKDAY of them.
MIN_DAYS = 5
MAX_DAYS = 28
MIN_OF_WEEKDAY = 3
# Less than a tenth, or more than ten times, of the usual rows of its days (the median of rows per day): a person should
# look at it; it may be a holiday, or half a file. Less than a fiftieth, or more than fifty times: the refresh stops.
WARNS_BELOW, WARNS_ABOVE = 0.1, 10
STOPS_BELOW, STOPS_ABOVE = 0.02, 50
# A load is not too small if it has at least this share of the smallest earlier load: for the warning, for the stop.
QUIET, VERY_QUIET = 0.5, 0.1
# Small numbers of rows vary: if fewer than FEW_USUAL_ROWS are usual, no load is too small; up to SMALL_ROWS none is
# too large.
FEW_USUAL_ROWS = 20
SMALL_ROWS = 1000


def volume_like_recent_loads(table: str, as_of: date, after_file: int | None) -> Expectation:
    """The size of the newest load is not far from what is usual for its days; stops the gate."""
    too_small = f"landed < least({STOPS_BELOW} * usual, {VERY_QUIET} * smallest)"
    too_large = f"landed > greatest({STOPS_ABOVE} * usual, {SMALL_ROWS})"
    return rule(
        "expect_volume_of_recent_loads",
        f"the newest load of {table} is far smaller or larger than usual (a fiftieth, fifty times):"
        " land the rest, or accept it if it is right",
        _loads_where(table, as_of, after_file, too_small, too_large),
        noun=None,
    )


def volume_as_usual(table: str, as_of: date, after_file: int | None) -> Expectation:
    """The size of the newest load is about usual for its days; only a warning, and only within the gate's bounds."""
    too_small = (
        f"landed < least({WARNS_BELOW} * usual, {QUIET} * smallest)"
        f" and landed >= least({STOPS_BELOW} * usual, {VERY_QUIET} * smallest)"
    )
    too_large = (
        f"landed > greatest({WARNS_ABOVE} * usual, {SMALL_ROWS})"
        f" and landed <= greatest({STOPS_ABOVE} * usual, {SMALL_ROWS})"
    )
    return rule(
        "expect_usual_volume",
        f"the newest load of {table} is smaller or larger than usual (a tenth, ten times):"
        " check whether it is complete; on a holiday this is normal",
        _loads_where(table, as_of, after_file, too_small, too_large),
        noun=None,
        severity="warning",
    )


def _loads_where(table: str, as_of: date, after_file: int | None, too_small: str, too_large: str) -> str:
    """Return SQL for the newest business day's loads without a build yet, if they are too small or too large."""
    is_new = "true" if after_file is None else f"max(file_number) > {after_file}"
    return f"""
        with loads as (
            select
                load_id, max(loaded_at) as loaded_at, {is_new} as is_new, sum(rows_read) as landed,
                row_number() over (order by max(loaded_at) desc, load_id desc) as age
            from loaded_files
            where table_name = {literal(table)}
            group by load_id
        ),
        gates as (
            select checked_at, min(as_of_date) as day from check_results where gate = 'arrivals' group by checked_at
        ),
        -- Loads after the last gate are now checked for the first time. Loads from before gates stored results have the
        -- day on which they ran.
        dated as (
            select loads.*, coalesce(
                gates.day,
                case
                    when loads.age = 1 or exists (select * from gates) then date {literal(as_of)}
                    else cast(loads.loaded_at as date)
                end
            ) as day
            from loads asof left join gates on loads.loaded_at <= gates.checked_at
        ),
        by_day as (
            select
                day, arg_min(load_id, age) as load_id, sum(landed) as landed_in_all,
                sum(case when is_new then landed end) as landed, bool_or(not is_new) as is_further,
                row_number() over (order by min(age)) as age
            from dated
            group by day
        ),
        covering as (
            select *, coalesce(datediff('day', lag(day) over (order by day), day), 1) as days from by_day
        ),
        newest as (select * from covering where age = 1),
        recent as (
            select
                covering.landed_in_all / covering.days as daily,
                dayofweek(covering.day) = dayofweek(newest.day) as is_alike
            from covering cross join newest
            where covering.age between 2 and {MAX_DAYS + 1}
        ),
        compared as (
            select daily from recent
            where is_alike or (select count(*) from recent where is_alike) < {MIN_OF_WEEKDAY}
        ),
        measured as (
            select
                newest.*, newest.days * (select median(daily) from compared) as usual,
                newest.days * (select min(daily) from compared) as smallest
            from newest
            where landed is not null and (select count(*) from recent) >= {MIN_DAYS}
        )
        select load_id, landed as "rows", round(usual) as "usual rows", days as "days covered", dayname(day) as "up to"
        from measured
        where (not is_further and usual >= {FEW_USUAL_ROWS} and {too_small}) or ({too_large})
        """
