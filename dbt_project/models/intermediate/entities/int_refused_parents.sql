{{ config(materialized='replaced_view') }}

with

members as (

    select * from {{ ref('int_group_members') }}
    where is_parent_refused

),

customers as (

    select * from {{ ref('stg_ar__customers') }}

),

-- The customer counts; only its parent is held back.
final as (

    select
        'customers' as table_name,
        {{ row_key('customers', ['customer_id']) }} as row_key,
        'parent_customer_id' as column_name,
        customers.parent_customer_id as value,
        'the parents of customer ' || customers.customer_id || ' lead back to it' as reason,
        customers.source_file,
        customers.source_row,
        customers.load_id,
        customers.loaded_at
    from members
    inner join customers on members.customer_id = customers.customer_id

)

select * from final
