with

customers as (

    select * from {{ ref('stg_ar__customers') }}

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

    select count(*) as customer_count from customers

),

-- A source that lands no customers at all still names them on its documents.
named_on_documents as (

    select customer_id from invoices
    union distinct
    select customer_id from receipts
    union distinct
    select customer_id from credit_memos

),

implied as (

    select named_on_documents.customer_id
    from named_on_documents
    cross join landed
    where landed.customer_count = 0

),

final as (

    select
        customer_id,
        customer_name,
        parent_customer_id,
        coalesce(nullif(trim(segment), ''), 'unassigned') as segment,
        industry,
        country_code,
        region,
        currency_code,
        payment_terms_days,
        credit_limit,
        risk_class,
        timezones,
        coalesce(is_consumer, false) as is_consumer,
        email,
        phone,
        address,
        created_date,
        closed_date
    from customers
    union all
    select
        customer_id,
        cast(null as string) as customer_name,
        cast(null as string) as parent_customer_id,
        'unassigned' as segment,
        cast(null as string) as industry,
        cast(null as string) as country_code,
        cast(null as string) as region,
        cast(null as string) as currency_code,
        cast(null as integer) as payment_terms_days,
        cast(null as decimal(18, 4)) as credit_limit,
        cast(null as string) as risk_class,
        cast(null as string) as timezones,
        false as is_consumer,
        cast(null as string) as email,
        cast(null as string) as phone,
        cast(null as string) as address,
        cast(null as date) as created_date,
        cast(null as date) as closed_date
    from implied

)

select * from final
