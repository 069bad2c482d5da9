{{ config(materialized='replaced_view') }}

with

activities as (

    select * from {{ ref('stg_collections__activities') }}

),

customers as (

    select customer_id from {{ ref('int_customers') }}

),

-- An activity of an unknown customer waits in quarantine (int_missing_references).
usable as (

    select activities.*
    from activities
    inner join customers on activities.customer_id = customers.customer_id

)

select * from usable
