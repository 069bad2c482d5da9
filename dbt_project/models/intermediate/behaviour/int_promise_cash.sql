{{ config(materialized='view') }}

with

cash_units as (

    select * from {{ ref('int_cash_units') }}

),

claims as (

    select * from {{ ref('int_promise_claims') }}

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
        pools.pool_id
    from cash_units
    left join claims as invoice_claims
        on
            cash_units.invoice_id = invoice_claims.invoice_id
            and cash_units.currency_code = invoice_claims.currency_code
    left join claims as payer_claims
        on
            cash_units.customer_id = payer_claims.customer_id
            and cash_units.currency_code = payer_claims.currency_code
    inner join pools
        on
            coalesce(invoice_claims.claimed_by, payer_claims.claimed_by) = pools.claimed_by
            and cash_units.currency_code = pools.currency_code

)

select * from final
