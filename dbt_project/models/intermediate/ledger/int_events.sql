{{ config(materialized='view') }}

with

document_events as (

    select * from {{ ref('int_document_events') }}

),

application_events as (

    select * from {{ ref('int_application_events') }}

),

-- What takes effect after the as-of day has not happened yet.
unioned as (

    select * from document_events
    where effective_date <= {{ as_of_date() }}
    union all
    select * from application_events
    where effective_date <= {{ as_of_date() }}

)

select * from unioned
