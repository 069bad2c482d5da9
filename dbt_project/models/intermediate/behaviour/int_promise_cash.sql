{{ config(materialized='view') }}

with

cash_units as (

    select * from {{ ref('int_cash_units') }}

),

pools as (

    select * from {{ ref('int_promise_pools') }}

),

-- A named invoice's pool holds its payer, too, where the payer promised: cash is in one pool at most.
final as (

    select
        cash_units.unit_id,
        cash_units.customer_id,
        cash_units.currency_code,
        cash_units.invoice_id,
        cash_units.received_date,
        cash_units.applied_date,
        cash_units.amount,
        coalesce(invoice_pools.pool_id, payer_pools.pool_id) as pool_id
    from cash_units
    left join pools as invoice_pools
        on
            'invoice:' || cash_units.invoice_id = invoice_pools.claimed_by
            and cash_units.currency_code = invoice_pools.currency_code
    left join pools as payer_pools
        on
            'customer:' || cash_units.customer_id = payer_pools.claimed_by
            and cash_units.currency_code = payer_pools.currency_code
    where coalesce(invoice_pools.pool_id, payer_pools.pool_id) is not null

)

select * from final
