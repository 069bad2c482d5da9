-- The best way we know to join open invoices to a date spine: each invoice's balance with the days from and until which
-- it stood, made once; then every span is met with the days it covers, and those are grouped.
--
-- Reads the ledger, so that it starts where Duebook's way starts. `spine`: the days asked for.
-- Makes `aged`: date_day, company_id, segment, currency_code, bucket_id, amount.
create table aged as
with days_changes as (
    select
        item_id, instalment_id, company_id, customer_id, currency_code, due_date, effective_date,
        sum(amount) as amount
    from to_publish.marts.fct_receivables_ledger
    where item_type = 'invoice'
    group by item_id, instalment_id, company_id, customer_id, currency_code, due_date, effective_date
),

balances as (
    select
        company_id, customer_id, currency_code, due_date,
        effective_date as valid_from,
        coalesce(lead(effective_date) over item, date '{after_last_day}') as valid_until,
        sum(amount) over item as balance
    from days_changes
    window item as (partition by item_id, instalment_id, due_date order by effective_date)
),

spans as (
    select balances.company_id, customers.segment, balances.currency_code, due_date, valid_from, valid_until, balance
    from balances
    inner join duebook.intermediate.int_customers as customers on balances.customer_id = customers.customer_id
    where balance <> 0
),

-- Both ways to meet spans with days were measured: listing a span's own days and keeping those of the spine beats a
-- range join with the spine.
covered as (
    select
        company_id, segment, currency_code, due_date, balance,
        {days} as date_day,
        valid_from, valid_until
    from spans
)

select
    date_day, company_id, segment, currency_code,
    {bucket} as bucket_id,
    sum(balance) as amount
from covered
where date_day >= valid_from and date_day < valid_until
group by all;
