{{ config(materialized='replaced_view') }}

with

levels as (

    select * from {{ ref('dso_monthly') }}

),

-- A month without sales takes nothing off what is owed.
cumulated as (

    select
        month_end,
        scope,
        days,
        receivables,
        net_credit_sales,
        sum(case when net_credit_sales > 0 then net_credit_sales else 0 end) over (
            partition by scope order by month_end asc nulls last rows between unbounded preceding and current row
        ) as sales_so_far
    from levels

),

-- What the months after a month leave of the receivables.
left_over as (

    select
        measured.month_end,
        measured.scope,
        earlier.month_end as counted_month_end,
        earlier.days,
        earlier.net_credit_sales,
        measured.receivables - measured.sales_so_far + earlier.sales_so_far as left_with_month
    from cumulated as measured
    inner join cumulated as earlier
        on
            measured.scope = earlier.scope
            and measured.month_end >= earlier.month_end

),

final as (

    select
        month_end,
        scope,
        counted_month_end,
        cast(days as integer) as days,
        cast(net_credit_sales as decimal(18, 4)) as net_credit_sales,
        cast(left_with_month as decimal(18, 4)) as receivables_left,
        net_credit_sales < left_with_month as is_whole,
        case
            when net_credit_sales < left_with_month then cast(days as double)
            else cast(left_with_month as double) / nullif(cast(net_credit_sales as double), 0) * days
        end as days_counted
    from left_over
    where left_with_month > 0

)

select * from final
