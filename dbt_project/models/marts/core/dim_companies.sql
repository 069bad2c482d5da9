with

companies as (

    select * from {{ ref('int_companies') }}

),

final as (

    select
        company_id,
        company_name,
        currency_code,
        country_code,
        timezone
    from companies

)

select * from final
