with

found as (

    {{ missing_reference('ar', 'invoices', 'company_id', ref('int_companies'), 'company_id') }}
    union all
    {{ missing_reference('ar', 'invoices', 'customer_id', ref('int_customers'), 'customer_id') }}
    union all
    {{ missing_reference('ar', 'credit_memos', 'company_id', ref('int_companies'), 'company_id') }}
    union all
    {{ missing_reference('ar', 'credit_memos', 'customer_id', ref('int_customers'), 'customer_id') }}
    union all
    {{ missing_reference('ar', 'instalments', 'invoice_id', ref('int_invoices'), 'invoice_id') }}
    union all
    {{ missing_reference('ar', 'adjustments', 'invoice_id', ref('int_invoices'), 'invoice_id') }}
    union all
    {{ missing_reference('ar', 'disputes', 'invoice_id', ref('int_invoices'), 'invoice_id') }}
    union all
    {{ missing_reference('ar', 'control_balances', 'company_id', ref('int_companies'), 'company_id') }}

),

instalments as (

    select * from {{ ref('stg_ar__instalments') }}

),

invoices as (

    select * from {{ ref('int_invoices') }}

),

laid_out as (

    select * from {{ ref('int_instalments') }}

),

-- Instalments of a known invoice that don't add up to it are held back whole.
not_adding_up as (

    select
        'instalments' as table_name,
        '{"instalment_id":"' || instalments.instalment_id || '"}' as row_key,
        'amount' as column_name,
        cast(instalments.amount as string) as value,
        'the instalments of invoice ' || instalments.invoice_id || ' do not add up to its amount of '
        || cast(invoices.amount as string) as reason,
        instalments.source_file,
        instalments.source_row,
        instalments.load_id,
        instalments.loaded_at
    from instalments
    inner join invoices on instalments.invoice_id = invoices.invoice_id
    left join laid_out on instalments.instalment_id = laid_out.instalment_id
    where laid_out.instalment_id is null

),

final as (

    select * from found
    union all
    select * from not_adding_up

)

select * from final
