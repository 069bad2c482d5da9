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
        closed_date,
        reason_code,
        currency_code,
        amount,
        resolution,
        cast({{ dbt.datediff('opened_date', 'coalesce(closed_date, ' ~ as_of_date() ~ ')', 'day') }} as integer)
            as days_open
    from disputes

)

select * from final
