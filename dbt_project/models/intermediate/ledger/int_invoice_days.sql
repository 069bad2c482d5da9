{#- An increment looks at the items it replaces only, as int_events. -#}
{{ config(materialized='view') }}

with

owed as (

    select * from {{ ref('int_ledger') }}
    where
        item_type = 'invoice'
        and {{ this_run(ref('int_items_this_run'), {'item_id': 'invoice_id'}) }}

),

instalment_balances as (

    select
        item_id as invoice_id,
        due_date,
        sum(amount) as balance
    from owed
    group by
        item_id,
        due_date

),

-- The oldest due date that still has a balance says how long the invoice has been past due.
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
    from owed
    group by
        item_id,
        effective_date

),

-- What is done and undone within a day changed nothing that day; one issued and settled within a day changed on it.
last_changed as (

    select
        invoice_id,
        coalesce(max(case when balance_change <> 0 then effective_date end), min(effective_date)) as last_change_date
    from daily
    group by invoice_id

),

final as (

    select
        oldest_open.invoice_id,
        oldest_open.oldest_open_due_date,
        oldest_open.latest_due_date,
        last_changed.last_change_date
    from oldest_open
    inner join last_changed on oldest_open.invoice_id = last_changed.invoice_id

)

select * from final
