{{ config(materialized='replaced_view') }}

with

contributions as (

    select * from {{ ref('kpi_contributions_monthly') }}

),

levels as (

    select * from {{ ref('dso_monthly') }}
    where scope = 'portfolio'

),

-- Over all companies.
sold as (

    select
        month_end,
        customer_id,
        sum(receivables) as receivables,
        sum(net_credit_sales) as net_credit_sales
    from contributions
    group by
        month_end,
        customer_id

),

-- Each month in which a customer owes something, with every month up to it, also those in which it bought nothing.
paired as (

    select
        sold.customer_id,
        sold.month_end,
        sold.receivables,
        earlier.month_end as counted_month_end,
        earlier.days
    from sold
    inner join levels as earlier on sold.month_end >= earlier.month_end
    where sold.receivables > 0

),

priced as (

    select
        paired.*,
        coalesce(sold.net_credit_sales, 0) as net_credit_sales
    from paired
    left join sold
        on
            paired.customer_id = sold.customer_id
            and paired.counted_month_end = sold.month_end

),

-- What the months after a month leave of the receivables.
left_over as (

    select
        *,
        receivables - coalesce(sum(case when net_credit_sales > 0 then net_credit_sales else 0 end) over (
            partition by customer_id, month_end
            order by counted_month_end desc nulls last rows between unbounded preceding and 1 preceding
        ), 0) as left_with_month
    from priced

),

final as (

    select
        month_end,
        customer_id,
        counted_month_end,
        days,
        cast(net_credit_sales as decimal(38, 16)) as net_credit_sales,
        cast(left_with_month as decimal(38, 16)) as receivables_left,
        net_credit_sales < left_with_month as is_whole,
        case
            when net_credit_sales < left_with_month then cast(days as double)
            else cast(left_with_month as double) / nullif(cast(net_credit_sales as double), 0) * days
        end as days_counted
    from left_over
    where left_with_month > 0

)

select * from final
