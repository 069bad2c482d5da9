{{ config(materialized='view') }}

with

applications as (

    select * from {{ ref('int_applications') }}

),

moments as (

    select * from {{ ref('int_application_moments') }}

),

on_the_invoice as (

    select
        applications.source_type || '_' || moments.moment as event_type,
        'invoice' as item_type,
        applications.invoice_id as item_id,
        applications.invoice_company_id as company_id,
        applications.invoice_customer_id as customer_id,
        applications.invoice_currency_code as currency_code,
        applications.invoice_due_date as due_date,
        moments.moment_date as effective_date,
        moments.recorded_at,
        cast(-moments.amount as decimal(18, 4)) as amount,
        moments.record_table as source_table,
        moments.record_id as source_id
    from moments
    inner join applications on moments.application_id = applications.application_id

),

on_the_invoice_as_discount as (

    select
        case when moments.moment = 'applied' then 'discount_taken' else 'discount_undone' end as event_type,
        'invoice' as item_type,
        applications.invoice_id as item_id,
        applications.invoice_company_id as company_id,
        applications.invoice_customer_id as customer_id,
        applications.invoice_currency_code as currency_code,
        applications.invoice_due_date as due_date,
        moments.moment_date as effective_date,
        moments.recorded_at,
        cast(-moments.discount_amount as decimal(18, 4)) as amount,
        moments.record_table as source_table,
        moments.record_id as source_id
    from moments
    inner join applications on moments.application_id = applications.application_id

),

on_the_source as (

    select
        applications.source_type || '_' || moments.moment as event_type,
        applications.source_type as item_type,
        applications.source_id as item_id,
        applications.source_company_id as company_id,
        applications.source_customer_id as customer_id,
        applications.source_currency_code as currency_code,
        cast(null as date) as due_date,
        moments.moment_date as effective_date,
        moments.recorded_at,
        cast(moments.source_amount as decimal(18, 4)) as amount,
        moments.record_table as source_table,
        moments.record_id as source_id
    from moments
    inner join applications on moments.application_id = applications.application_id

),

unioned as (

    select * from on_the_invoice
    union all
    select * from on_the_invoice_as_discount
    union all
    select * from on_the_source

),

final as (

    select
        event_type,
        item_type,
        item_id,
        company_id,
        customer_id,
        currency_code,
        due_date,
        effective_date,
        recorded_at,
        amount,
        false as is_credit_sale,
        source_table,
        source_id
    from unioned
    where amount <> 0

)

select * from final
