"""How large a load is, held against the loads of its table before it.

Here: the bounds, and what a load is compared with: the days it covers and its weekday. Not here: anything about the
rows themselves (arrivals.py).

The business day of a load is the as-of day of the gate it first met; the loads of one business day are one. It covers
the business days since the one before that had any (a file after a long weekend brings four days, and may have four
times the rows). A load is asked before the first build with it, like its rows, and not again. Once something of its
business day has been built from, what follows may be as small as it likes: a mended row lands alone.
"""

from datetime import date

from great_expectations.expectations import Expectation

from expectations.validation import literal, rule

# A load is held against the business days before its own once this many had loads, over at most so many of the latest;
# against those of its own weekday once there are so many of them.
MIN_DAYS = 5
MAX_DAYS = 28
MIN_OF_WEEKDAY = 3
# Beyond a tenth and ten times of what its days usually bring (the median of rows a day), a person should look: it may
# be a holiday, or half a file. Beyond a fiftieth and fifty times the refresh stops.
TELLS_BELOW, TELLS_ABOVE = 0.1, 10
STOPS_BELOW, STOPS_ABOVE = 0.02, 50
# A day as quiet as one these loads have seen is no fault: parts of the smallest of them.
QUIET, VERY_QUIET = 0.5, 0.1
# Of a few rows any number is usual: where fewer are usual no load is too small, and up to so many none is too large.
FEW_USUAL_ROWS = 20
SMALL_ROWS = 1000


def volume_like_recent_loads(table: str, as_of: date, after_file: int | None) -> Expectation:
    """The newest load is not far from what its days usually bring; stops the gate."""
    too_small = f"landed < least({STOPS_BELOW} * usual, {VERY_QUIET} * smallest)"
    too_large = f"landed > greatest({STOPS_ABOVE} * usual, {SMALL_ROWS})"
    return rule(
        "expect_volume_of_recent_loads",
        f"the newest load of {table} is far smaller or larger than its days usually bring (a fiftieth, fifty times):"
        " land the rest, or let it pass if it is right",
        _loads_where(table, as_of, after_file, too_small, too_large),
        noun=None,
    )


def volume_as_usual(table: str, as_of: date, after_file: int | None) -> Expectation:
    """The newest load is about what its days usually bring; only tells, short of where the gate stops."""
    too_small = (
        f"landed < least({TELLS_BELOW} * usual, {QUIET} * smallest)"
        f" and landed >= least({STOPS_BELOW} * usual, {VERY_QUIET} * smallest)"
    )
    too_large = (
        f"landed > greatest({TELLS_ABOVE} * usual, {SMALL_ROWS})"
        f" and landed <= greatest({STOPS_ABOVE} * usual, {SMALL_ROWS})"
    )
    return rule(
        "expect_usual_volume",
        f"the newest load of {table} is smaller or larger than its days usually bring (a tenth, ten times):"
        " look whether it is whole; a holiday is no fault",
        _loads_where(table, as_of, after_file, too_small, too_large),
        noun=None,
        severity="warning",
    )


def _loads_where(table: str, as_of: date, after_file: int | None, too_small: str, too_large: str) -> str:
    """SQL of the newest business day's loads that have not been built from, if they are too small or too large."""
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
        -- What came after the last gate is before its first now. Loads of before gates kept results are of the day they
        -- ran.
        dated as (
            select loads.*, coalesce(
                gates.day,
                case
                    when loads.age = 1 or exists (select * from gates) then date '{as_of}'
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
