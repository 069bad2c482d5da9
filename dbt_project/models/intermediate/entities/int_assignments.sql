{{ config(materialized='replaced_view') }}

with

assignments as (

    select * from {{ ref('stg_collections__assignments') }}

),

customers as (

    select customer_id from {{ ref('int_customers') }}

),

employees as (

    select employee_id from {{ ref('stg_collections__employees') }}
    group by employee_id

),

-- An assignment of an unknown customer or employee waits in quarantine (int_missing_references).
usable as (

    select assignments.*
    from assignments
    inner join customers on assignments.customer_id = customers.customer_id
    inner join employees on assignments.employee_id = employees.employee_id

)

select * from usable
