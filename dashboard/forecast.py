"""When open invoices are expected to be paid: expected cash, what comes next week, what may be late, what has no date.

Here: sums and rows of `payment_forecast` as of the publication's day. Not here: the forecast (docs/guide/forecast.md),
cash by week and how good forecasts were (weekly_cash.py).
"""

from typing import Any

from dashboard.axes import Axes, plain
from dashboard.tables import as_table
from duebook.publication.forecast_words import HABIT, STEPS
from duebook.publication.reader import Published

FORECASTS = "payment_forecast"
# Items kept of each list: of all, and of each company and segment. The mart has them all.
ITEMS, ITEMS_OF_ONE = 100, 5
# How each list is chosen and ordered.
LISTS = {
    "next_week": ("expected_cash_7d > 0", "expected_cash_7d desc"),
    "may_be_late": ("is_likely_late", "open_balance_reporting desc nulls last"),
    "without_a_date": ("expected_payment_date is null", "open_balance_reporting desc nulls last"),
}


def read_forecast(published: Published, axes: Axes) -> dict[str, Any] | None:
    """Read what the forecast page shows; amounts in the reporting currency.

    Returns:
        `cash`: by group, a list of sums by currency (`currency` None: all); `reasons`: by group, how many parts have a
        reason and their balance; `lists`: a table of items each, `there_are`: how many each has in the mart, `kept`:
        how many of them are kept; `steps`, `habit`: words. None if an older Duebook made the publication.
    """
    if not published.has(FORECASTS):
        return None
    lists = {name: as_table(_items(published, chosen, order)) for name, (chosen, order) in LISTS.items()}
    return {
        "cash": _by_group(
            axes,
            published.records(
                """
                select
                    company_id, segment, currency_code as currency, count(*) as parts,
                    count(*) filter (where open_balance_reporting is null) as without_rate,
                    sum(open_balance_reporting) as open, sum(expected_cash_7d) as days_7,
                    sum(expected_cash_30d) as days_30, sum(expected_cash_90d) as days_90
                from {marts}.payment_forecast
                group by grouping sets (
                    (), (company_id), (segment), (company_id, segment), (currency_code), (company_id, currency_code),
                    (segment, currency_code), (company_id, segment, currency_code)
                )
                having count(*) > 0
                order by sum(expected_cash_30d) desc nulls last, currency_code
                """
            ),
        ),
        "reasons": _by_group(
            axes,
            published.records(
                """
                select
                    company_id, segment, reason, count(*) as parts,
                    count(*) filter (where expected_payment_date is null) as undated,
                    sum(open_balance_reporting) as open
                from {marts}.payment_forecast
                where reason is not null
                group by grouping sets (
                    (reason), (company_id, reason), (segment, reason), (company_id, segment, reason)
                )
                order by sum(open_balance_reporting) desc nulls last, reason
                """
            ),
        ),
        "lists": lists,
        "there_are": {
            name: published.rows("select count(*) from {marts}.payment_forecast where {chosen}", chosen=chosen)[0][0]
            for name, (chosen, _) in LISTS.items()
        },
        "kept": {"of_all": ITEMS, "of_one": ITEMS_OF_ONE},
        "steps": STEPS,
        "habit": HABIT,
    }


def _items(published: Published, chosen: str, order: str) -> list[dict[str, Any]]:
    return published.records(
        """
        select
            invoice_id as invoice, part, company_id as company, customer_id as customer,
            coalesce(customer_name, customer_id) as name, forecast.segment, forecast.currency_code as currency,
            due_date as due, open_balance_reporting as open, expected_payment_date as expected, p10_date as p10,
            p90_date as p90, expected_cash_7d as days_7, p_late_30, reason, is_disputed as disputed
        from {marts}.payment_forecast as forecast
        left join {marts}.dim_customers using (customer_id)
        where {chosen}
        qualify
            row_number() over (order by {order}, invoice_id, part) <= $1
            or row_number() over (partition by company_id order by {order}, invoice_id, part) <= $2
            or row_number() over (partition by forecast.segment order by {order}, invoice_id, part) <= $2
        order by {order}, invoice_id, part
        """,
        [ITEMS, ITEMS_OF_ONE],
        chosen=chosen,
        order=order,
    )


def _by_group(axes: Axes, records: list[dict[str, Any]]) -> dict[int, list[dict[str, Any]]]:
    groups: dict[int, list[dict[str, Any]]] = {}
    for record in records:
        company, segment = record.pop("company_id"), record.pop("segment")
        if axes.has_group(company, segment):
            shown = {name: plain(value) for name, value in record.items()}
            groups.setdefault(axes.group_of(company, segment), []).append(shown)
    return groups
