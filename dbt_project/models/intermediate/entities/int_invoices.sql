{{
    config(
        materialized='incremental',
        pre_hook="{{ forget(is_among(ref('int_changed_items'), 'invoice', 'invoice_id')) }}"
    )
}}

with

invoices as (

    select * from {{ ref('stg_ar__invoices') }}

),

companies as (

    select * from {{ ref('int_companies') }}

),

customers as (

    select * from {{ ref('int_customers') }}

),

-- An invoice whose company or customer isn't known waits in quarantine (int_missing_references_ar).
usable as (

    select
        invoices.invoice_id,
        invoices.invoice_number,
        invoices.company_id,
        invoices.customer_id,
        customers.segment,
        invoices.invoice_type,
        invoices.invoice_date,
        coalesce(
            invoices.due_date,
            cast({{ dbt.dateadd('day', 'customers.payment_terms_days', 'invoices.invoice_date') }} as date)
        ) as due_date,
        invoices.currency_code,
        invoices.amount,
        invoices.tax_amount,
        -- An invoice of nothing is a document, not a sale.
        invoices.is_credit_sale
        and invoices.invoice_type in ('invoice', 'debit_memo')
        and invoices.amount > 0 as is_credit_sale,
        case
            when invoices.voided_date >= invoices.invoice_date then invoices.voided_date
            when invoices.voided_date < invoices.invoice_date then invoices.invoice_date
        end as voided_date,
        invoices.recorded_at
    from invoices
    inner join companies on invoices.company_id = companies.company_id
    inner join customers on invoices.customer_id = customers.customer_id
    {% if increments() -%}
        where {{ is_among(ref('int_changed_items'), 'invoice', 'invoices.invoice_id') }}
    {%- endif %}

)

select * from usable
