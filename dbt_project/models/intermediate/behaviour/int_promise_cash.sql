{#- An increment shares out the cash of changed pools. What invoices and payers both claim is in one pool. -#}
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
    where {{ this_run(ref('int_pools_this_run'), ['pool_id', 'currency_code']) }}

),

pooled_claims as (

    select
        claims.invoice_id,
        claims.customer_id,
        claims.currency_code,
        pools.pool_id
    from claims
    inner join pools
        on
            claims.claimed_by = pools.claimed_by
            and claims.currency_code = pools.currency_code

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
        coalesce(invoice_claims.pool_id, payer_claims.pool_id) as pool_id
    from cash_units
    left join pooled_claims as invoice_claims
        on
            cash_units.invoice_id = invoice_claims.invoice_id
            and cash_units.currency_code = invoice_claims.currency_code
    left join pooled_claims as payer_claims
        on
            cash_units.customer_id = payer_claims.customer_id
            and cash_units.currency_code = payer_claims.currency_code
    where coalesce(invoice_claims.pool_id, payer_claims.pool_id) is not null

)

select * from final
