"""Whether the published figures add up: the identities that a controller would ask for, asked of what readers have.

They were tested before the figures were published (dbt's tests, the gate). Here they are asked again, because a file
may have changed since. Not here: whether rows are those that were published (publication.py).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from duebook.doctor.findings import Finding, Part
from duebook.publication.reader import Published, UnreadableError, reading
from duebook.sql_text import identifier
from duebook.words import counted

NAME = "ledger"
# A figure is rounded to so much; sums of rounded figures may differ by it for each that is added up.
ROUNDED = "0.0001"
AGAIN = (
    "`make refresh FULL=1` builds and publishes the figures again. If it stops at a test or a gate, that names the rows"
    " that don't add up."
)


@dataclass(frozen=True)
class Identity:
    """What must be so, and the query for the rows in which it isn't: where, what is there, and what was expected.

    `marts`: those it reads; of an older Duebook one may be missing.
    """

    said: str
    marts: tuple[str, ...]
    query: str


def _last_day_is(said: str, mart: str, amount: str) -> Identity:
    """Return the identity that the rows of a mart add up to the last day's balance, by company and currency."""
    return Identity(
        f"{said} are the last day's balance",
        ("receivables_daily", mart),
        f"""
        select concat_ws(', ', company_id, currency_code), sum(balance), sum(added_up)
        from (
            select company_id, currency_code, closing_balance as balance, 0 as added_up
            from {{marts}}.receivables_daily
            where date_day = (select max(date_day) from {{marts}}.receivables_daily)
            union all
            select company_id, currency_code, 0, {amount} from {{marts}}.{mart}
        )
        group by company_id, currency_code having sum(balance) <> sum(added_up)
        """,
    )


DAY = "date_day, company_id, segment, currency_code"
# `{moves}`: the movements with their signs; `{buckets}`: the columns of the aging; `{month_day}`: a month's last day.
IDENTITIES = (
    Identity(
        "the opening balance of a day and its movements are its closing balance",
        ("receivables_daily", "dim_event_types"),
        f"""
        select concat_ws(', ', {DAY}), closing_balance, opening_balance + {{moves}}
        from {{marts}}.receivables_daily where closing_balance is distinct from opening_balance + {{moves}}
        """,
    ),
    Identity(
        "a day opens with the closing balance of the day before",
        ("receivables_daily",),
        f"""
        select concat_ws(', ', {DAY}), opening_balance, before
        from (
            select
                *,
                lag(closing_balance, 1, 0) over (
                    partition by company_id, segment, currency_code order by date_day
                ) as before
            from {{marts}}.receivables_daily
        )
        where opening_balance is distinct from before
        """,
    ),
    Identity(
        "the aging buckets and unapplied credits of a day are its balance",
        ("receivables_daily",),
        f"""
        select concat_ws(', ', {DAY}), closing_balance, {{buckets}} + unapplied_credits
        from {{marts}}.receivables_daily where closing_balance is distinct from {{buckets}} + unapplied_credits
        """,
    ),
    _last_day_is("the events of the ledger", "fct_receivables_ledger", "amount"),
    _last_day_is("the open items", "open_items", "balance"),
    Identity(
        "the customers of a month are the balance of its last day",
        ("receivables_daily", "aging_monthly"),
        """
        select concat_ws(', ', month_end, company_id, currency_code), sum(balance), sum(customers)
        from (
            select months.month_end, company_id, currency_code, closing_balance as balance, 0 as customers
            from {marts}.receivables_daily
            inner join (select distinct month_end from {marts}.aging_monthly) as months
                on date_day = least(month_end, (select max(date_day) from {marts}.receivables_daily))
            union all
            select month_end, company_id, currency_code, 0, receivables from {marts}.aging_monthly
        )
        group by month_end, company_id, currency_code having sum(balance) <> sum(customers)
        """,
    ),
    Identity(
        "the opening receivables of a month, its movements and exchange differences are its closing receivables",
        ("receivables_rollforward_monthly", "dim_event_types"),
        """
        select concat_ws(', ', month_end, scope), closing_receivables, opening_receivables + {moves} + fx_difference
        from {marts}.receivables_rollforward_monthly
        where coalesce(abs(opening_receivables + {moves} + fx_difference - closing_receivables), 1) >= 0.005
        """,
    ),
    Identity(
        "companies add up to the portfolio, and so do segments",
        ("dso_monthly",),
        f"""
        select concat_ws(', ', month_end, level), whole, parts
        from (
            select month_end, level, sum(receivables) as parts, count(*) as members
            from {{marts}}.dso_monthly group by all
        )
        left join (
            select month_end, receivables as whole from {{marts}}.dso_monthly where level = 'portfolio'
        ) using (month_end)
        where coalesce(abs(parts - whole), 1) > {ROUNDED} * members
        """,
    ),
)


def ledger(published_file: Path) -> Part:
    """Ask whether the figures of a publication add up."""
    if not published_file.exists():
        return Part(NAME, f"nothing is published in {published_file.parent}", was_looked_at=False)
    try:
        with reading(published_file) as published:
            asked = ask(published)
    except (UnreadableError, duckdb.Error):
        # Why, the part of the publication says.
        return Part(NAME, f"{published_file} can't be read", was_looked_at=False)
    findings = tuple(finding for _, finding in asked if finding)
    return Part(NAME, f"{len(asked)} identities of the published figures", findings)


def ask(published: Published) -> list[tuple[str, Finding | None]]:
    """Ask each identity whose marts are there: what must be so, and the finding where it isn't."""
    asked = [one for one in IDENTITIES if all(map(published.has, one.marts))]
    return [(one.said, next(iter(broken(published, [one])), None)) for one in asked]


def broken(published: Published, identities: Iterable[Identity] = IDENTITIES) -> list[Finding]:
    """Return what doesn't add up.

    Args:
        published: an open publication.
        identities: those to ask; their marts are there.
    """
    return [finding for identity in identities for finding in _asked(published, identity)]


def _asked(published: Published, identity: Identity) -> list[Finding]:
    """Ask one identity; a finding where it doesn't hold."""
    names = {"moves": "", "buckets": ""}
    if "{moves}" in identity.query:
        names["moves"] = _movements(published)
    if "{buckets}" in identity.query:
        names["buckets"] = _buckets(published)
    rows = published.rows(identity.query, **names)
    if not rows:
        return []
    (where, there, expected), *_ = sorted(rows, key=str)
    often = f"{counted(len(rows), 'row')}, such as {where}: {there}, and not {expected}"
    return [Finding(f"It isn't so that {identity.said} ({often})", AGAIN)]


def _movements(published: Published) -> str:
    """The SQL for what a day or month adds to its opening balance, as the publication's own list of events has it."""
    movements = published.rows(
        "select distinct movement, direction from {marts}.dim_event_types where movement is not null order by 1"
    )
    return " + ".join(f"{direction} * {identifier(movement)}" for movement, direction in movements)


def _buckets(published: Published) -> str:
    """The SQL for the sum of all aging buckets of a day."""
    columns = published.rows(
        "select column_name from information_schema.columns where table_schema = '{marts}'"
        " and table_name = 'receivables_daily' and starts_with(column_name, 'aging_') order by 1"
    )
    return " + ".join(identifier(name) for (name,) in columns)
