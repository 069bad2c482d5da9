{{ config(materialized='view') }}

with

invoice_events as (

    select * from {{ ref('int_invoice_events') }}

),

credit_events as (

    select * from {{ ref('int_credit_events') }}

),

application_events as (

    select * from {{ ref('int_application_events') }}

),

-- What takes effect after the as-of day has not happened yet.
unioned as (

    select * from invoice_events
    where effective_date <= {{ as_of_date() }}
    union all
    select * from credit_events
    where effective_date <= {{ as_of_date() }}
    union all
    select * from application_events
    where effective_date <= {{ as_of_date() }}

)

select * from unioned
