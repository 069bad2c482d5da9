with

levels as (

    select * from {{ ref('int_receivables_levels') }}

),

-- A month without sales adds its days to the count, but covers none of the receivables.
cumulated as (

    select
        scope,
        month_end,
        days,
        receivables,
        net_credit_sales,
        sum(case when net_credit_sales > 0 then net_credit_sales else 0 end) over (
            partition by scope order by month_end asc nulls last rows between unbounded preceding and current row
        ) as sales_so_far,
        sum(days) over (
            partition by scope order by month_end asc nulls last rows between unbounded preceding and current row
        ) as days_so_far
    from levels

),

{{ counted_back('cumulated', 'scope') }},

final as (

    select
        scope,
        month_end,
        dso_countback,
        dso_countback_reason
    from counted_back

)

select * from final
