-- The way it is usually written: invoices open on a day joined to a date spine, with what was applied to them by then.
--
-- An invoice counts from its issue until its balance is zero for good; of its other changes those up to the day are
-- added. Reads the ledger, so that it starts where Duebook's way starts. `spine`: the days asked for.
-- Makes `aged`: date_day, company_id, segment, currency_code, bucket_id, amount.
create table aged as
with invoices as (
    select
        item_id, instalment_id, company_id, customer_id, currency_code, due_date,
        min(effective_date) as issued_on,
        case when sum(amount) = 0 then max(effective_date) end as closed_on,
        sum(case when change_type = 'issued' then amount else 0 end) as amount
    from to_publish.marts.fct_receivables_ledger
    where item_type = 'invoice'
    group by item_id, instalment_id, company_id, customer_id, currency_code, due_date
),

changes as (
    select item_id, instalment_id, due_date, effective_date, sum(amount) as amount
    from to_publish.marts.fct_receivables_ledger
    where item_type = 'invoice' and change_type <> 'issued'
    group by item_id, instalment_id, due_date, effective_date
),

open_on_days as (
    select
        spine.date_day, invoices.item_id, invoices.instalment_id, invoices.company_id, invoices.customer_id,
        invoices.currency_code, invoices.due_date,
        any_value(invoices.amount) + coalesce(sum(changes.amount), 0) as balance
    from invoices
    inner join spine
        on
            invoices.issued_on <= spine.date_day
            and spine.date_day < coalesce(invoices.closed_on, date '9999-12-31')
    left join changes
        on
            invoices.item_id = changes.item_id
            and invoices.instalment_id is not distinct from changes.instalment_id
            and invoices.due_date is not distinct from changes.due_date
            and changes.effective_date <= spine.date_day
    group by
        spine.date_day, invoices.item_id, invoices.instalment_id, invoices.company_id, invoices.customer_id,
        invoices.currency_code, invoices.due_date
)

select
    open_on_days.date_day, open_on_days.company_id, customers.segment, open_on_days.currency_code,
    {bucket} as bucket_id,
    sum(open_on_days.balance) as amount
from open_on_days
inner join duebook.intermediate.int_customers as customers on open_on_days.customer_id = customers.customer_id
group by all;
