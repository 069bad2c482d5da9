with recursive

customers as (

    select * from {{ ref('int_customers') }}

),

-- Some systems have a customer without a parent name itself.
parents as (

    select
        customer_id,
        parent_customer_id
    from customers
    where parent_customer_id <> customer_id

),

-- From each customer up to those above it. No row comes twice, so parents that lead back to a customer end, too.
climbed as (

    select
        customer_id,
        cast(null as string) as below_id,
        customer_id as group_customer_id
    from customers
    union distinct
    select
        climbed.customer_id,
        cast(parents.customer_id as string) as below_id,
        parents.parent_customer_id as group_customer_id
    from climbed
    inner join parents on climbed.group_customer_id = parents.customer_id

),

refused as (

    select customer_id from climbed
    where
        customer_id = group_customer_id
        and below_id is not null

),

-- The way up ends at a customer whose parents lead back to it: it is the top of what is below it.
followed as (

    select
        climbed.customer_id,
        climbed.group_customer_id
    from climbed
    left join refused on climbed.below_id = refused.customer_id
    where refused.customer_id is null

),

-- There is one way up, so as many rows as levels.
levels as (

    select
        customer_id,
        count(*) as level_number
    from followed
    group by customer_id

),

-- A parent that has not landed is a top: its children still belong together.
final as (

    select
        followed.group_customer_id,
        followed.customer_id,
        cast(own.level_number - coalesce(above.level_number, 1) as integer) as levels_below,
        coalesce(above.level_number, 1) = 1 as is_top,
        refused.customer_id is not null as is_parent_refused
    from followed
    inner join levels as own on followed.customer_id = own.customer_id
    left join levels as above on followed.group_customer_id = above.customer_id
    left join refused on followed.customer_id = refused.customer_id

)

select * from final
