{{ config(materialized='view') }}

with

applications as (

    select * from {{ ref('int_applications') }}

),

-- Undoing is the exact opposite of applying, on its own day.
moments as (

    select
        *,
        1 as direction,
        'applied' as moment,
        'discount_taken' as discount_event_type,
        effective_date as moment_date,
        recorded_at as moment_recorded_at
    from applications
    union all
    select
        *,
        -1 as direction,
        'unapplied' as moment,
        'discount_undone' as discount_event_type,
        undone_date as moment_date,
        greatest(recorded_at, undone_recorded_at) as moment_recorded_at
    from applications
    where undone_date is not null

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
        moment_recorded_at as recorded_at,
        cast(-direction * amount as decimal(18, 4)) as amount,
        application_id as source_id
    from moments

),

on_the_invoice_as_discount as (

    select
        discount_event_type as event_type,
        'invoice' as item_type,
        invoice_id as item_id,
        invoice_company_id as company_id,
        invoice_customer_id as customer_id,
        invoice_currency_code as currency_code,
        invoice_due_date as due_date,
        moment_date as effective_date,
        moment_recorded_at as recorded_at,
        cast(-direction * discount_amount as decimal(18, 4)) as amount,
        application_id as source_id
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
        moment_recorded_at as recorded_at,
        cast(direction * source_amount as decimal(18, 4)) as amount,
        application_id as source_id
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
        'applications' as source_table,
        source_id
    from unioned
    where amount <> 0

)

select * from final
