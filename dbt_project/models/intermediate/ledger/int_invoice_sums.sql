{#- In an incremental run only of the items it replaces, as int_events. -#}
{{ config(materialized='replaced_view') }}

with

-- The invoice and its overpayment.
ledger as (

    select * from {{ ref('fct_receivables_ledger') }}
    where
        item_type in ('invoice', 'overpayment')
        and {{ this_run(ref('int_items_this_run'), {'item_id': 'invoice_id'}) }}

),

summed as (

    select
        item_id as invoice_id,
        sum(case when change_type = 'issued' then amount else 0 end) as issued_amount,
        sum(case when item_type = 'invoice' then amount else 0 end) as open_balance,
        -sum(case when item_type = 'overpayment' then amount else 0 end) as overpaid_amount,
        -sum(case when change_type = 'paid' then amount else 0 end) as paid_amount,
        -sum(case when change_type = 'credited' then amount else 0 end) as credited_amount,
        -sum(case when change_type = 'discounted' then amount else 0 end) as discount_amount,
        -sum(case when change_type = 'written_off' then amount else 0 end) as written_off_amount,
        -sum(case when change_type = 'voided' then amount else 0 end) as voided_amount,
        sum(case when change_type = 'adjusted' then amount else 0 end) as adjusted_amount
    from ledger
    group by item_id

),

instalment_balances as (

    select
        item_id as invoice_id,
        due_date,
        sum(amount) as balance
    from ledger
    where item_type = 'invoice'
    group by
        item_id,
        due_date

),

-- The oldest due date with a balance decides how long the invoice has been past due.
oldest_open as (

    select
        invoice_id,
        min(case when balance <> 0 then due_date end) as oldest_open_due_date,
        max(due_date) as latest_due_date
    from instalment_balances
    group by invoice_id

),

daily as (

    select
        item_id as invoice_id,
        effective_date,
        sum(amount) as balance_change
    from ledger
    where item_type = 'invoice'
    group by
        item_id,
        effective_date

),

-- A day on which events cancel out is no change. If every day is such a day, the first one counts.
last_changed as (

    select
        invoice_id,
        coalesce(max(case when balance_change <> 0 then effective_date end), min(effective_date)) as last_change_date
    from daily
    group by invoice_id

),

final as (

    select
        summed.*,
        oldest_open.oldest_open_due_date,
        oldest_open.latest_due_date,
        last_changed.last_change_date
    from summed
    inner join oldest_open on summed.invoice_id = oldest_open.invoice_id
    inner join last_changed on summed.invoice_id = last_changed.invoice_id

)

select * from final
