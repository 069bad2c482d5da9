"""How large a load is, held against the loads of its table before it.

Here: the bounds, and what a load is compared with: the days it covers and its weekday. Not here: anything about the
rows themselves (arrivals.py).

A load covers the business days since the load before it (a file after a long weekend brings four days, and may have
four times the rows). Its business day is the as-of day of the gate it first met. It is asked before the first build
with it, like its rows, and not again.
"""

from datetime import date

from great_expectations.expectations import Expectation

from expectations.validation import literal, rule

# A load is held against the loads before it once there are this many, over at most so many of the latest; against
# those of its own weekday once there are so many of them.
MIN_LOADS = 5
MAX_LOADS = 28
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
    """SQL of the newest load, if it has not been built from before and is too small or too large."""
    is_new = "true" if after_file is None else f"newest.last_file > {after_file}"
    return f"""
        with loads as (
            select
                load_id, max(loaded_at) as loaded_at, max(file_number) as last_file, sum(rows_read) as landed,
                row_number() over (order by max(loaded_at) desc, load_id desc) as age
            from loaded_files
            where table_name = {literal(table)}
            group by load_id
        ),
        gates as (
            select checked_at, min(as_of_date) as day from check_results where gate = 'arrivals' group by checked_at
        ),
        -- The newest may be before its first gate now. Loads of before gates kept results are of the day they ran.
        dated as (
            select loads.*, coalesce(
                (select arg_min(gates.day, gates.checked_at) from gates where gates.checked_at >= loads.loaded_at),
                case when loads.age = 1 then date '{as_of}' else cast(loads.loaded_at as date) end
            ) as day
            from loads
            where loads.age <= {MAX_LOADS + 2}
        ),
        covering as (
            select *, coalesce(greatest(1, datediff('day', lag(day) over (order by age desc), day)), 1) as days
            from dated
        ),
        newest as (select * from covering where age = 1),
        recent as (
            select covering.landed / covering.days as daily, dayofweek(covering.day) = dayofweek(newest.day) as is_alike
            from covering cross join newest
            where covering.age between 2 and {MAX_LOADS + 1}
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
            where {is_new} and (select count(*) from recent) >= {MIN_LOADS}
        )
        select load_id, landed as "rows", round(usual) as "usual rows", days as "days covered", dayname(day) as "up to"
        from measured
        where (usual >= {FEW_USUAL_ROWS} and {too_small}) or ({too_large})
        """
