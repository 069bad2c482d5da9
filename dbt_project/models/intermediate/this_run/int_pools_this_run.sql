{#- Kept while a failed build is repeated: pools whose cash its first try distributed must be distributed again, even if
    nothing differs any more. -#}
{{ config(materialized='incremental', incremental_strategy='collect', unique_key=['pool_id', 'currency_code']) }}

with

increments as (

    select * from {{ ref('int_pool_increments') }}
    where {{ is_of_this_run('changed_in') }}

),

touched_items as (

    select * from {{ ref('int_items_this_run') }}

),

ledger_before as (

    select * from {{ ref('int_ledger_before_this_run') }}

),

cash_units as (

    select * from {{ ref('int_cash_units') }}
    where {{ this_run(ref('int_items_this_run'), 'receipt_id', adds=true) }}

),

applications as (

    select * from {{ ref('int_applications') }}
    where
        source_type = 'receipt'
        and {{ this_run(ref('int_items_this_run'), {'source_id': 'receipt_id'}, adds=true) }}

),

queued as (

    select * from {{ ref('int_promise_queue') }}

),

-- The customers of a changed receipt, before and now.
payers as (

    select customer_id
    from ledger_before
    where item_type = 'receipt'
    union distinct
    select customer_id from cash_units

),

-- An application of a changed receipt may leave its invoice unchanged, if it settled nothing there.
paid_invoices as (

    select item_id as invoice_id
    from touched_items
    where item_type = 'invoice'
    union distinct
    select invoice_id from applications

),

changed as (

    select
        pool_id,
        currency_code
    from increments
    union distinct
    select
        pool_id,
        currency_code
    from queued
    where
        invoice_id in (select paid_invoices.invoice_id from paid_invoices)
        or (invoice_id is null and customer_id in (select payers.customer_id from payers))

),

final as (

    select
        pool_id,
        currency_code,
        '{{ this_run_id() }}' as changed_in
    from changed

)

select * from final
