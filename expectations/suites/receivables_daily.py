"""What only the daily balances are held to: every day is there, up to the as-of day, and buckets are balances."""

from great_expectations.expectations import Expectation

from expectations.hand_overs import BUCKETS, HandOver, adds_up
from expectations.validation import literal, rule

KEY = ("date_day", "company_id", "segment", "currency_code")


def suite(hand_over: HandOver) -> list[Expectation]:
    """No gap in days; the last day is the as-of day; buckets and unapplied credits add up to the closing balance."""
    return [
        rule(
            "expect_no_gap_in_days",
            "days are missing before this one (by company, segment and currency)",
            """
            with followed as (
                select
                    company_id, segment, currency_code, date_day,
                    lag(date_day) over (
                        partition by company_id, segment, currency_code order by date_day
                    ) as day_before
                from receivables_daily
            )
            select company_id, segment, currency_code, day_before, date_day from followed
            where datediff('day', day_before, date_day) > 1
            """,
            "date_day",
            noun="gap",
        ),
        rule(
            "expect_the_as_of_day",
            f"the last day is not {hand_over.as_of}",
            f"""
            select company_id, segment, currency_code, max(date_day) as last_day from receivables_daily
            group by company_id, segment, currency_code
            having max(date_day) <> date {literal(hand_over.as_of)}
            """,
            "date_day",
            noun="group",
        ),
        adds_up("receivables_daily", (*BUCKETS, "unapplied_credits"), "closing_balance", KEY),
    ]
