with

moved_customers as (

    select * from {{ ref('int_moved_customers') }}

),

months as (

    select * from {{ ref('int_months') }}

),

firsts as (

    select
        customer_id,
        min(from_month_end) as from_month_end
    from moved_customers
    group by customer_id

),

-- A run that builds everything asks nobody what has changed.
final as (

    select
        firsts.customer_id,
        months.month_end
    from firsts
    inner join months on firsts.from_month_end <= months.month_end
    where {{ 'true' if given('changed_since') else 'false' }}

)

select * from final
