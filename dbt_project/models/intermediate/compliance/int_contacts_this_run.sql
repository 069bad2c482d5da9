{{ config(materialized='view') }}

with

contacts as (

    select * from {{ ref('int_contacts') }}

),

debts as (

    select * from {{ ref('int_debts_this_run') }}

),

final as (

    select contacts.*
    from contacts
    {% if given('changed_since') -%}
        inner join debts on contacts.customer_id = debts.customer_id and contacts.debt_id = debts.debt_id
    {%- endif %}

)

select * from final
