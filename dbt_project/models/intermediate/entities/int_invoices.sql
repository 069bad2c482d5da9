{{ config(materialized='incremental', unique_key='invoice_id') }}

with

invoices as (

    select * from {{ ref('stg_ar__invoices') }}
    where {{ this_run(ref('int_documents_this_run'), 'invoice_id') }}

),

companies as (

    select * from {{ ref('int_companies') }}

),

customers as (

    select * from {{ ref('int_customers') }}

),

customer_terms as (

    select * from {{ ref('int_customer_terms') }}

),

-- The due dates in force on the as-of day, for invoices with several versions.
due_dates as (

    select * from {{ ref('int_due_dates') }}
    where
        instalment_id is null
        and in_force_from <= {{ as_of_date() }}
        and (in_force_until is null or in_force_until > {{ as_of_date() }})

),

-- An invoice of an unknown company or customer waits in quarantine (int_missing_references). The due date by terms
-- depends on the customer's terms on the invoice date; later terms do not change it.
usable as (

    select
        invoices.*,
        customers.segment,
        case when due_dates.record_id is null then invoices.due_date else due_dates.due_date end as landed_due_date,
        case
            when customer_terms.customer_id is null then customers.payment_terms_days
            else customer_terms.payment_terms_days
        end as payment_terms_days
    from invoices
    inner join companies on invoices.company_id = companies.company_id
    inner join customers on invoices.customer_id = customers.customer_id
    left join customer_terms
        on
            invoices.customer_id = customer_terms.customer_id
            and invoices.invoice_date >= customer_terms.valid_from
            and invoices.invoice_date < coalesce(customer_terms.valid_until, cast('9999-12-31' as date))
    left join due_dates on invoices.invoice_id = due_dates.invoice_id

),

termed as (

    select
        *,
        cast({{ dbt.dateadd('day', 'payment_terms_days', 'invoice_date') }} as date) as due_date_by_terms
    from usable

),

final as (

    select
        invoice_id,
        invoice_number,
        company_id,
        customer_id,
        segment,
        invoice_type,
        invoice_date,
        coalesce(landed_due_date, due_date_by_terms) as due_date,
        due_date_by_terms,
        currency_code,
        amount,
        tax_amount,
        -- An invoice with an amount of zero is a document, but not a sale.
        is_credit_sale and invoice_type in ('invoice', 'debit_memo') and amount > 0 as is_credit_sale,
        case
            when voided_date >= invoice_date then voided_date
            when voided_date < invoice_date then invoice_date
        end as voided_date,
        recorded_at
    from termed

)

select * from final
