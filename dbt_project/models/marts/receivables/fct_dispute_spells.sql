with

spells as (

    select * from {{ ref('int_dispute_spells') }}

),

final as (

    select
        dispute_id,
        spell,
        invoice_id,
        company_id,
        customer_id,
        opened_date,
        closed_date,
        reason_code,
        currency_code,
        amount,
        resolution,
        cast(days_open as integer) as days_open
    from spells

)

select * from final
