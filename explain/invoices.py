"""The open items that contribute to a KPI: invoices, overpayments, and receipts and memos that are not applied.

Here: listing them from the published ledger on request, so that for a past month they are those of that month's end.
Not here: customers (customers.py), storing anything.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import duckdb

from explain.parts import ACCOUNTS_MART, days_of, numerator_and_denominator
from explain.question import Question

# Here an account counts once, however many invoices it has, so invoices don't contribute.
COUNTED_BY_ACCOUNT = ("delinquency_rate_accounts",)


@dataclass(frozen=True)
class OpenItem:
    """What one open item adds to the KPI, in the KPI's own unit; None where the KPI is null.

    Attributes:
        item_type: `invoice`, `receipt`, `credit_memo` or `overpayment` (of the invoice with the id).
        item_id: its id.
        customer_id: whose it is.
        company_id: whose books it is in.
        due_date: the oldest due date with a balance; None where it has none.
        currency_code: the currency of its balance.
        balance: at the month's end; all but invoices have negative ones.
        numerator: its part of the KPI's numerator.
        contribution: what that adds to the KPI.
    """

    item_type: str
    item_id: str
    customer_id: str
    company_id: str
    due_date: date | None
    currency_code: str
    balance: Decimal
    numerator: float
    contribution: float | None


def read_open_items(
    published: duckdb.DuckDBPyConnection,
    question: Question,
    unit: float | None,
    customer_id: str | None = None,
) -> list[OpenItem] | None:
    """List the open items with a part in the KPI's numerator, the largest first.

    Args:
        published: the publication.
        question: what is asked.
        unit: what a unit of the numerator contributes to the KPI; None where the KPI is null.
        customer_id: list this customer's items only.

    Returns:
        None where the KPI isn't made of open items.
    """
    if question.kpi.mart == ACCOUNTS_MART or question.kpi.kpi_id in COUNTED_BY_ACCOUNT:
        return None
    [(last_day,)] = published.execute("select max(date_day) from marts.receivables_daily").fetchall()
    keys = "item_type, item_id, customer_id, company_id, due_date, currency_code, balance"
    rows = published.execute(
        f"select * from ({numerator_and_denominator(question, ITEM_PARTS, keys)}) where numerator <> 0"
        " order by abs(numerator) desc, item_type, item_id",
        {
            **days_of(published, question),
            "company_id": question.level.company_id,
            "segment": question.level.segment,
            "customer_id": customer_id,
            "balance_date": min(question.month_end, last_day),
            "opening": question.before(1) or _before_everything(question),
            "opening_3m": question.before(3) or _before_everything(question),
        },
    ).fetchall()
    return [OpenItem(*row[:-1], None if unit is None else unit * row[-2]) for row in rows]


def _before_everything(question: Question) -> date:
    return question.months[0].replace(day=1) - timedelta(days=1)


# Balances are converted at the rate of their day, flows at the rate of each change, as everywhere. An item's sales over
# twelve months are not part of any numerator.
ITEM_PARTS = """
    with rates as (
        select distinct date_day, currency_code, exchange_rate
        from marts.receivables_daily
        where exchange_rate is not null and date_day between $opening_3m and $balance_date
    ),
    serious as (select min(first_day) as first_day from marts.dim_aging_buckets where is_serious),
    changes as (
        select
            ledger.*,
            ledger.amount * rates.exchange_rate as amount_reporting,
            ledger.item_type = 'invoice' and ledger.due_date < $balance_date as is_past_due,
            ledger.item_type = 'invoice' and ledger.due_date + serious.first_day <= $balance_date as is_serious,
            ledger.change_type = 'cash' as is_cash,
            ledger.item_type = 'invoice' and ledger.change_type = 'paid' as is_cash_applied
        from marts.fct_receivables_ledger as ledger
        cross join serious
        inner join marts.dim_customers as customers on ledger.customer_id = customers.customer_id
        left join rates
            on ledger.effective_date = rates.date_day and ledger.currency_code = rates.currency_code
        where
            ledger.effective_date <= $balance_date
            and ($company_id is null or ledger.company_id = $company_id)
            and ($segment is null or customers.segment = $segment)
            and ($customer_id is null or ledger.customer_id = $customer_id)
    ),
    instalments as (
        select item_type, item_id, due_date, sum(amount) as balance from changes group by item_type, item_id, due_date
    ),
    oldest as (
        select item_type, item_id, min(due_date) filter (where balance <> 0) as due_date from instalments
        group by item_type, item_id
    ),
    items as (
        select
            item_type,
            item_id,
            customer_id,
            company_id,
            currency_code,
            sum(amount)::decimal(18, 4) as balance,
            coalesce(sum(amount) filter (where effective_date <= $opening), 0)::decimal(18, 4) as opening_balance,
            coalesce(sum(amount) filter (where effective_date <= $opening_3m), 0)::decimal(18, 4) as opening_balance_3m,
            coalesce(sum(amount) filter (where is_past_due), 0)::decimal(18, 4) as past_due,
            coalesce(sum(amount) filter (where is_serious), 0)::decimal(18, 4) as serious,
            coalesce(sum(amount_reporting) filter (where is_credit_sale and effective_date > $opening), 0) as sales,
            coalesce(sum(amount_reporting) filter (where is_credit_sale and effective_date > $opening_3m), 0)
                as sales_3m,
            coalesce(sum(amount_reporting) filter (where is_taken_over and effective_date > $opening), 0) as taken_over,
            coalesce(sum(amount_reporting) filter (where is_taken_over and effective_date > $opening_3m), 0)
                as taken_over_3m,
            -coalesce(sum(amount_reporting) filter (where is_cash and effective_date > $opening), 0) as cash,
            -coalesce(sum(amount_reporting) filter (where is_cash_applied and effective_date > $opening), 0)
                as applied
        from changes
        group by item_type, item_id, customer_id, company_id, currency_code
    )
    select
        items.item_type,
        items.item_id,
        items.customer_id,
        items.company_id,
        oldest.due_date,
        items.currency_code,
        items.balance,
        items.item_type = 'invoice' as is_invoice,
        if(items.balance = 0, 0, items.balance * closing.exchange_rate) as receivables,
        if(items.opening_balance = 0, 0, items.opening_balance * opening.exchange_rate) as opening_receivables,
        if(items.opening_balance_3m = 0, 0, items.opening_balance_3m * opening_3m.exchange_rate)
            as opening_receivables_3m,
        if(is_invoice, receivables, 0) as open_invoices,
        if(is_invoice, opening_receivables, 0) as opening_open_invoices,
        if(items.past_due = 0, 0, items.past_due * closing.exchange_rate) as past_due_receivables,
        if(items.serious = 0, 0, items.serious * closing.exchange_rate) as serious_receivables,
        items.sales as net_credit_sales,
        items.sales_3m as net_credit_sales_3m,
        0 as net_credit_sales_12m,
        items.taken_over,
        items.taken_over_3m,
        items.cash as cash_received,
        if(items.opening_balance = 0, 0, items.applied) as cash_applied_to_opening,
        (items.item_type in ('invoice', 'overpayment') and items.balance <> 0)::integer as open_invoice_count,
        (items.past_due > 0)::integer as past_due_invoice_count,
        0 as open_accounts,
        0 as past_due_accounts
    from items
    inner join oldest on items.item_type = oldest.item_type and items.item_id = oldest.item_id
    left join rates as closing
        on items.currency_code = closing.currency_code and closing.date_day = $balance_date
    left join rates as opening
        on items.currency_code = opening.currency_code and opening.date_day = $opening
    left join rates as opening_3m
        on items.currency_code = opening_3m.currency_code and opening_3m.date_day = $opening_3m
"""
