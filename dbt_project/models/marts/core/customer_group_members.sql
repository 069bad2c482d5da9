with

members as (

    select * from {{ ref('int_group_members') }}

),

final as (

    select
        group_customer_id,
        customer_id,
        levels_below,
        is_top,
        is_parent_refused
    from members

)

select * from final
