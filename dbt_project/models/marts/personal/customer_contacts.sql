with

customers as (

    select * from {{ ref('int_customers') }}

),

final as (

    select
        customer_id,
        customer_name,
        email,
        phone,
        address
    from customers

)

select * from final
