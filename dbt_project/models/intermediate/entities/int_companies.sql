with

companies as (

    select * from {{ ref('stg_ar__companies') }}

),

invoices as (

    select * from {{ ref('stg_ar__invoices') }}

),

receipts as (

    select * from {{ ref('stg_payments__receipts') }}

),

credit_memos as (

    select * from {{ ref('stg_ar__credit_memos') }}

),

landed as (

    select count(*) as company_count from companies

),

-- If the source lands no companies, they are known from its documents.
named_on_documents as (

    select
        company_id,
        currency_code
    from invoices
    union all
    select
        company_id,
        currency_code
    from receipts
    union all
    select
        company_id,
        currency_code
    from credit_memos

),

implied as (

    select
        named_on_documents.company_id,
        max(named_on_documents.currency_code) as currency_code
    from named_on_documents
    cross join landed
    where landed.company_count = 0
    group by named_on_documents.company_id

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
