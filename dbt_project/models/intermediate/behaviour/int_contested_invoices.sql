with

claims as (

    select * from {{ ref('int_promise_claims') }}

),

cash_units as (

    select * from {{ ref('int_cash_units') }}

),

final as (

    select
        cash_units.invoice_id,
        cash_units.currency_code,
        cash_units.customer_id,
        invoice_claims.claimed_by as invoice_claim,
        payer_claims.claimed_by as payer_claim
    from cash_units
    inner join claims as invoice_claims
        on
            cash_units.invoice_id = invoice_claims.invoice_id
            and cash_units.currency_code = invoice_claims.currency_code
    inner join claims as payer_claims
        on
            cash_units.customer_id = payer_claims.customer_id
            and cash_units.currency_code = payer_claims.currency_code
    group by
        cash_units.invoice_id,
        cash_units.currency_code,
        cash_units.customer_id,
        invoice_claims.claimed_by,
        payer_claims.claimed_by

)

select * from final
