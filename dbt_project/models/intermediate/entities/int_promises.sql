{{ config(materialized='replaced_view') }}

with

promises as (

    select * from {{ ref('stg_collections__promises') }}

),

customers as (

    select customer_id from {{ ref('int_customers') }}

),

-- A promise of an unknown customer waits in quarantine (int_missing_references).
usable as (

    select promises.*
    from promises
    inner join customers on promises.customer_id = customers.customer_id

)

select * from usable
