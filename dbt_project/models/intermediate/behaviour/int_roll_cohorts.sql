with

balances as (

    select * from {{ ref('int_due_date_balances') }}

),

months as (

    select
        *,
        cast({{ dbt.dateadd('day', -1, 'month_start') }} as date) as opening_date
    from {{ ref('int_months') }}

),

moves as (

    select * from {{ ref('int_due_date_moves') }}

),

rates as (

    select * from {{ ref('int_exchange_rates_daily') }}

),

buckets as (

    select * from {{ ref('aging_buckets') }}

),

-- What stood at one month's end is followed to the next: it opens every month after its change, up to the next change.
opened as (

    select
        months.month_end,
        balances.company_id,
        balances.currency_code,
        balances.due_date,
        balances.due_key,
        balances.closing_balance as opening_balance
    from balances
    inner join months
        on
            balances.month_end < months.month_end
            and (balances.next_month_end is null or balances.next_month_end >= months.month_end)
    where balances.closing_balance <> 0

),

unioned as (

    select
        opened.month_end,
        opened.company_id,
        opened.currency_code,
        opened.due_key,
        opened.due_key as to_due_key,
        opened.due_date,
        opened.due_date as to_due_date,
        opened.opening_balance,
        coalesce(changes.paid, 0) as paid,
        coalesce(changes.credited, 0) as credited,
        coalesce(changes.written_off, 0) as written_off
    from opened
    left join balances as changes
        on
            opened.month_end = changes.month_end
            and opened.company_id = changes.company_id
            and opened.currency_code = changes.currency_code
            and opened.due_key = changes.due_key
    union all
    select
        month_end,
        company_id,
        currency_code,
        due_key,
        to_due_key,
        due_date,
        to_due_date,
        opening_balance,
        paid,
        credited,
        written_off
    from moves

),

-- What got another due date in the month is followed to where that one stands at its end.
cohorts as (

    select
        month_end,
        company_id,
        currency_code,
        due_key,
        to_due_key,
        due_date,
        to_due_date,
        sum(opening_balance) as opening_balance,
        sum(paid) as paid,
        sum(credited) as credited,
        sum(written_off) as written_off
    from unioned
    group by
        month_end,
        company_id,
        currency_code,
        due_key,
        to_due_key,
        due_date,
        to_due_date

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
