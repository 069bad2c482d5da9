with

companies as (

    select * from {{ ref('stg_ar__companies') }}

),

invoices as (

    select * from {{ ref('stg_ar__invoices') }}

),

landed as (

    select count(*) as company_count from companies

),

-- A source that lands no companies at all still names them on its invoices.
implied as (

    select
        invoices.company_id,
        max(invoices.currency_code) as currency_code
    from invoices
    cross join landed
    where landed.company_count = 0
    group by invoices.company_id

),

final as (

    select
        company_id,
        coalesce(company_name, company_id) as company_name,
        currency_code,
        country_code,
        timezone
    from companies
    union all
    select
        company_id,
        company_id as company_name,
        currency_code,
        cast(null as string) as country_code,
        cast(null as string) as timezone
    from implied

)

select * from final
