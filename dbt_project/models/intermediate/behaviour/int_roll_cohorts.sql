with

cohorts as (

    select * from {{ ref('int_due_date_cohorts') }}

),

months as (

    select
        *,
        cast({{ dbt.dateadd('day', -1, 'month_start') }} as date) as opening_date
    from {{ ref('int_months') }}

),

rates as (

    select * from {{ ref('int_exchange_rates_daily') }}

),

buckets as (

    select * from {{ ref('aging_buckets') }}

),

-- At the opening day's rate throughout: a currency that moves is no roll.
followed as (

    select
        cohorts.month_end,
        cohorts.company_id,
        cohorts.currency_code,
        cohorts.due_key,
        cohorts.to_due_key,
        {{ dbt.datediff('cohorts.due_date', 'months.opening_date', 'day') }} as days_at_start,
        {{ dbt.datediff('cohorts.to_due_date', 'months.balance_date', 'day') }} as days_at_end,
        cast(cohorts.opening_balance as decimal(18, 4)) * rates.rate as opening_balance,
        cast(cohorts.paid as decimal(18, 4)) * rates.rate as paid,
        cast(cohorts.credited as decimal(18, 4)) * rates.rate as credited,
        cast(cohorts.written_off as decimal(18, 4)) * rates.rate as written_off
    from cohorts
    inner join months on cohorts.month_end = months.month_end
    left join rates
        on
            months.opening_date = rates.date_day
            and cohorts.currency_code = rates.currency_code

),

final as (

    select
        followed.month_end,
        followed.company_id,
        followed.currency_code,
        followed.due_key,
        followed.to_due_key,
        coalesce(first_buckets.bucket_id, 'no_due_date') as from_bucket,
        coalesce(last_buckets.bucket_id, 'no_due_date') as to_bucket,
        followed.opening_balance,
        followed.paid,
        followed.credited,
        followed.written_off
    from followed
    left join buckets as first_buckets
        on
            first_buckets.bucket_id <> 'no_due_date'
            and followed.days_at_start >= coalesce(first_buckets.first_day, -99999)
            and followed.days_at_start <= coalesce(first_buckets.last_day, 99999)
    left join buckets as last_buckets
        on
            last_buckets.bucket_id <> 'no_due_date'
            and followed.days_at_end >= coalesce(last_buckets.first_day, -99999)
            and followed.days_at_end <= coalesce(last_buckets.last_day, 99999)
    where
        followed.opening_balance <> 0
        or followed.paid <> 0
        or followed.credited <> 0
        or followed.written_off <> 0

)

select * from final
