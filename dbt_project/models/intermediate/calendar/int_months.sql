with

dates as (

    select * from {{ ref('int_dates') }}

),

-- Only days of the first month may be before the landing's first event; they count as days of the month, too.
grouped as (

    select
        month_start,
        month_end,
        max(date_day) as balance_date,
        max(as_of_day) as as_of_day
    from dates
    where is_in_history
    group by
        month_start,
        month_end

),

final as (

    select
        month_start,
        month_end,
        balance_date,
        cast({{ dbt.datediff('month_start', 'balance_date', 'day') }} + 1 as integer) as days,
        month_end <= as_of_day as is_complete,
        cast(row_number() over (order by month_end asc nulls last) as integer) as month_number
    from grouped

)

select * from final
