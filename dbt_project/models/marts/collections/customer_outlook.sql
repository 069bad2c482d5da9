{#- Likely to be 30 days late, and there is time to do something. -#}
{%- set soon_late = 'is_likely_late and days_past_due < 8' -%}

with

forecast as (

    select
        *,
        {{ dbt.datediff('due_date', 'as_of_date', 'day') }} as days_past_due,
        open_balance_reporting - coalesce(expected_cash_30d, 0) as unpaid_30d,
        open_balance_reporting - coalesce(expected_cash_90d, 0) as unpaid_90d
    from {{ ref('payment_forecast') }}

),

rates as (

    select * from {{ ref('int_loss_allowances') }}
    where month_end = cast({{ dbt.last_day(as_of_date(), 'month') }} as date)

),

buckets as (

    select * from {{ ref('aging_buckets') }}

),

habits as (

    select * from {{ ref('int_habit_moves') }}

),

-- A bucket's loss rate is shared out by what of each item is expected to be unpaid in 90 days.
items as (

    select
        forecast.*,
        rates.loss_rate,
        cast(sum(forecast.open_balance_reporting) over same_bucket as decimal(20, 4)) as balance_of_bucket,
        cast(
            cast(forecast.unpaid_90d as double)
            / nullif(cast(sum(forecast.unpaid_90d) over same_bucket as double), 0) as decimal(20, 18)
        ) as share_of_bucket
    from forecast
    left join buckets
        on
            buckets.bucket_id <> 'no_due_date'
            and forecast.days_past_due >= coalesce(buckets.first_day, -99999)
            and forecast.days_past_due <= coalesce(buckets.last_day, 99999)
    left join rates
        on
            forecast.company_id = rates.company_id
            and forecast.segment = rates.segment
            and coalesce(buckets.bucket_id, 'no_due_date') = rates.bucket_id
    window same_bucket as (partition by forecast.company_id, forecast.segment, buckets.bucket_id)

),

owed as (

    select
        customer_id,
        sum(open_balance_reporting) as open_invoices,
        sum(cast(cast(balance_of_bucket * share_of_bucket as decimal(28, 10)) * loss_rate as decimal(18, 4)))
            as expected_loss,
        -- Between 30 and 90 days from now: the mean of what is unpaid at both ends, for 60 days.
        sum(case when expected_cash_30d is not null then (unpaid_30d + unpaid_90d) * 30 end) as expected_late_cost,
        sum(cast(cast(open_balance_reporting as decimal(28, 4)) * cast(p_late_30 as decimal(9, 6)) as decimal(18, 4)))
            as expected_late_money,
        sum(case when {{ soon_late }} then 1 else 0 end) as items_soon_late,
        sum(case when {{ soon_late }} then open_balance_reporting else 0 end) as amount_soon_late
    from items
    group by customer_id

),

outlooks as (

    select
        owed.*,
        coalesce(owed.customer_id, habits.customer_id) as any_customer_id,
        case
            when owed.items_soon_late > 0
                then
                    '; ' || cast(owed.items_soon_late as string) || ' open of '
                    || cast(cast(owed.amount_soon_late as decimal(18, 2)) as string)
                    || ' will as likely as not be 30 days late'
        end as soon_late,
        case
            when habits.days_later > habits.spread
                then
                    '; pays ' || cast(cast(floor(habits.days_later + 0.5) as integer) as string)
                    || ' days later than in the year before, where single invoices differ by '
                    || cast(cast(floor(habits.spread + 0.5) as integer) as string)
        end as pays_later
    from owed
    full outer join habits on owed.customer_id = habits.customer_id

),

final as (

    select
        any_customer_id as customer_id,
        {{ as_of_date() }} as as_of_date,
        cast(coalesce(open_invoices, 0) as decimal(18, 4)) as open_invoices,
        cast(expected_loss as decimal(18, 4)) as expected_loss,
        cast(expected_late_cost as decimal(18, 4)) as expected_late_cost,
        cast(expected_late_money as decimal(18, 4)) as expected_late_money,
        nullif(substr(coalesce(soon_late, '') || coalesce(pays_later, ''), 3), '') as early_warning,
        cast(row_number() over (
            order by
                expected_loss desc nulls last,
                expected_late_money desc nulls last,
                any_customer_id asc nulls last
        ) as integer) as expected_rank
    from outlooks

)

select * from final
