with

disputes as (

    select * from {{ ref('int_disputes') }}

),

final as (

    select
        dispute_id,
        invoice_id,
        company_id,
        customer_id,
        opened_date,
        reopened_date,
        closed_date,
        reason_code,
        currency_code,
        amount,
        resolution,
        cast(times_reopened as integer) as times_reopened,
        cast(days_open as integer) as days_open
    from disputes

)

select * from final
