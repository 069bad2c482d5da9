with

invoices as (

    select currency_code from {{ ref('int_invoices') }}
    where invoice_date <= {{ as_of_date() }}

),

credit_items as (

    select currency_code from {{ ref('int_credit_items') }}
    where item_date <= {{ as_of_date() }}

),

promises as (

    select currency_code from {{ ref('int_promises') }}

),

process_costs as (

    select currency_code from {{ ref('stg_collections__process_costs') }}

),

customers as (

    select currency_code from {{ ref('int_customers') }}

),

final as (

    select currency_code from invoices
    union distinct
    select currency_code from credit_items
    union distinct
    select currency_code from promises
    union distinct
    select currency_code from process_costs
    union distinct
    select currency_code from customers
    where currency_code is not null

)

select * from final
