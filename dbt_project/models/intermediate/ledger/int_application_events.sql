{{ config(materialized='replaced_view') }}

with

moments as (

    select * from {{ ref('int_application_moments') }}

),

on_the_invoice as (

    select
        source_type || '_' || moment as event_type,
        'invoice' as item_type,
        invoice_id as item_id,
        invoice_company_id as company_id,
        invoice_customer_id as customer_id,
        invoice_currency_code as currency_code,
        invoice_due_date as due_date,
        moment_date as effective_date,
        recorded_at,
        cast(-amount as decimal(18, 4)) as amount,
        record_table as source_table,
        record_id as source_id
    from moments

),

on_the_invoice_as_discount as (

    select
        case when moment = 'applied' then 'discount_taken' else 'discount_undone' end as event_type,
        'invoice' as item_type,
        invoice_id as item_id,
        invoice_company_id as company_id,
        invoice_customer_id as customer_id,
        invoice_currency_code as currency_code,
        invoice_due_date as due_date,
        moment_date as effective_date,
        recorded_at,
        cast(-discount_amount as decimal(18, 4)) as amount,
        record_table as source_table,
        record_id as source_id
    from moments

),

on_the_source as (

    select
        source_type || '_' || moment as event_type,
        source_type as item_type,
        source_id as item_id,
        source_company_id as company_id,
        source_customer_id as customer_id,
        source_currency_code as currency_code,
        cast(null as date) as due_date,
        moment_date as effective_date,
        recorded_at,
        cast(source_amount as decimal(18, 4)) as amount,
        record_table as source_table,
        record_id as source_id
    from moments

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
