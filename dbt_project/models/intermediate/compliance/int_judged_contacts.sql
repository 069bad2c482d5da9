{{ config(materialized='view') }}

with

contacts as (

    select * from {{ ref('int_contacts') }}

),

customers as (

    select * from {{ ref('int_judged_customers') }}

),

final as (

    select contacts.*
    from contacts
    {% if given('changed_since') -%}
        inner join customers on contacts.customer_id = customers.customer_id
    {%- endif %}

)

select * from final
