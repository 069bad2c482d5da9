with

placements as (

    select * from {{ ref('int_placements') }}

),

-- A spell begins where none of the placements before it lasts so long.
followed as (

    select
        customer_id,
        placed_date,
        recalled_date,
        coalesce(
            max(recalled_date) over (
                partition by customer_id
                order by placed_date asc nulls last, placement_id asc nulls last
                rows between unbounded preceding and 1 preceding
            ) < placed_date, true
        ) as is_first
    from placements

),

numbered as (

    select
        *,
        sum(case when is_first then 1 else 0 end) over (
            partition by customer_id
            order by placed_date asc nulls last, is_first desc nulls last
            rows between unbounded preceding and current row
        ) as spell_number
    from followed

),

final as (

    select
        customer_id,
        min(placed_date) as placed_date,
        max(recalled_date) as recalled_date
    from numbered
    group by
        customer_id,
        spell_number

)

select * from final
