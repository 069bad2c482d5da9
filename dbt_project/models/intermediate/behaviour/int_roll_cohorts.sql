with

balances as (

    select * from {{ ref('int_due_date_balances') }}

),

months as (

    select * from {{ ref('int_months') }}

),

rates as (

    select * from {{ ref('int_exchange_rates_daily') }}

),

buckets as (

    select * from {{ ref('aging_buckets') }}

),

-- What stood at one month's end is followed to the next: it opens every month after its change, up to the next change.
-- An overpaid invoice may cancel another of its due date; the month of their next change tells them apart.
opened as (

    select
        months.month_end,
        months.balance_date,
        cast({{ dbt.dateadd('day', -1, 'months.month_start') }} as date) as opening_date,
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
    where
        balances.closing_balance <> 0
        or balances.next_month_end = months.month_end

),

-- At the opening day's rate throughout: a currency that moves is no roll.
followed as (

    select
        opened.month_end,
        opened.company_id,
        opened.currency_code,
        opened.due_key,
        {{ dbt.datediff('opened.due_date', 'opened.opening_date', 'day') }} as days_at_start,
        {{ dbt.datediff('opened.due_date', 'opened.balance_date', 'day') }} as days_at_end,
        cast(opened.opening_balance as decimal(18, 4)) * rates.rate as opening_balance,
        cast(coalesce(changes.paid, 0) as decimal(18, 4)) * rates.rate as paid,
        cast(coalesce(changes.credited, 0) as decimal(18, 4)) * rates.rate as credited,
        cast(coalesce(changes.written_off, 0) as decimal(18, 4)) * rates.rate as written_off
    from opened
    left join balances as changes
        on
            opened.month_end = changes.month_end
            and opened.company_id = changes.company_id
            and opened.currency_code = changes.currency_code
            and opened.due_key = changes.due_key
    left join rates
        on
            opened.opening_date = rates.date_day
            and opened.currency_code = rates.currency_code

),

final as (

    select
        followed.month_end,
        followed.company_id,
        followed.currency_code,
        followed.due_key,
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
