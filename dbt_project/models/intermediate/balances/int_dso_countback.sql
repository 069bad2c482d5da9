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

-- The count ends at the newest month whose sales, together with those of the months after it, cover the receivables.
ended as (

    select
        measured.scope,
        measured.month_end,
        max(earlier.month_end) as last_counted_month_end
    from cumulated as measured
    inner join cumulated as earlier
        on
            measured.scope = earlier.scope
            and measured.month_end >= earlier.month_end
            and earlier.net_credit_sales > 0
            and measured.sales_so_far - earlier.sales_so_far + earlier.net_credit_sales >= measured.receivables
    where measured.receivables > 0
    group by
        measured.scope,
        measured.month_end

),

counted as (

    select
        measured.scope,
        measured.month_end,
        measured.receivables,
        measured.days_so_far,
        last_counted.month_end as last_counted_month_end,
        measured.days_so_far - last_counted.days_so_far as whole_days,
        cast(measured.receivables - (measured.sales_so_far - last_counted.sales_so_far) as double)
        / nullif(cast(last_counted.net_credit_sales as double), 0) * last_counted.days as part_days
    from cumulated as measured
    left join ended
        on
            measured.scope = ended.scope
            and measured.month_end = ended.month_end
    left join cumulated as last_counted
        on
            ended.scope = last_counted.scope
            and ended.last_counted_month_end = last_counted.month_end

),

final as (

    select
        scope,
        month_end,
        case
            when receivables <= 0 then cast(0 as double)
            when last_counted_month_end is null then cast(days_so_far as double)
            else whole_days + part_days
        end as dso_countback,
        case
            when receivables <= 0 then 'credit_balance'
            when last_counted_month_end is null then 'truncated'
        end as dso_countback_reason
    from counted

)

select * from final
