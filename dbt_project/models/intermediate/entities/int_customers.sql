{%- set assumed = 'true' if given('customers_are') == 'consumers' else 'false' -%}

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

landed_consumers as (

    select * from {{ ref('int_landed_consumers') }}

),

landed as (

    select count(*) as customer_count from customers

),

-- If the source lands no customers, they are known from its documents. Receipts without a customer have the customer
-- `unidentified` (stg_payments__receipts), which no source lands.
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
    left join customers on named_on_documents.customer_id = customers.customer_id
    where
        landed.customer_count = 0
        or (named_on_documents.customer_id = 'unidentified' and customers.customer_id is null)

),

final as (

    select
        customers.customer_id,
        customers.customer_name,
        customers.parent_customer_id,
        coalesce(nullif(trim(customers.segment), ''), 'unassigned') as segment,
        customers.industry,
        customers.country_code,
        customers.region,
        customers.currency_code,
        customers.payment_terms_days,
        customers.credit_limit,
        customers.risk_class,
        customers.timezones,
        -- If other customers have the flag, a customer without it may be a person.
        coalesce(customers.is_consumer, landed_consumers.has_consumer_flag or {{ assumed }}) as is_consumer,
        customers.email,
        customers.phone,
        customers.address,
        customers.created_date,
        customers.closed_date
    from customers
    cross join landed_consumers
    union all
    select
        customer_id,
        cast(null as string) as customer_name,
        cast(null as string) as parent_customer_id,
        case when customer_id = 'unidentified' then customer_id else 'unassigned' end as segment,
        cast(null as string) as industry,
        cast(null as string) as country_code,
        cast(null as string) as region,
        cast(null as string) as currency_code,
        cast(null as integer) as payment_terms_days,
        cast(null as decimal(18, 4)) as credit_limit,
        cast(null as string) as risk_class,
        cast(null as string) as timezones,
        {{ assumed }} as is_consumer,
        cast(null as string) as email,
        cast(null as string) as phone,
        cast(null as string) as address,
        cast(null as date) as created_date,
        cast(null as date) as closed_date
    from implied

)

select * from final
