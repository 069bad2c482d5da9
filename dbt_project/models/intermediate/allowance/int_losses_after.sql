with

ledger as (

    select * from {{ ref('fct_receivables_ledger') }}
    where
        item_type = 'invoice'
        and segment is not null

),

late_events as (

    select * from {{ ref('int_late_events') }}

),

rates as (

    select * from {{ ref('int_exchange_rates_daily') }}

),

months as (

    select * from {{ ref('int_months') }}

),

buckets as (

    select * from {{ ref('aging_buckets') }}

),

-- When what was written off or taken back became known, and since when the invoice was known.
lost as (

    select
        ledger.item_id,
        ledger.company_id,
        ledger.segment,
        ledger.due_date,
        coalesce(late_events.known_date, ledger.effective_date) as lost_on,
        -{{ in_reporting_currency('ledger.amount') }} as lost
    from ledger
    left join late_events on ledger.event_id = late_events.event_id
    left join rates
        on
            ledger.effective_date = rates.date_day
            and ledger.currency_code = rates.currency_code
    where ledger.change_type = 'written_off'

),

issued as (

    select
        ledger.item_id,
        min(coalesce(late_events.known_date, ledger.effective_date)) as known_on
    from ledger
    left join late_events on ledger.event_id = late_events.event_id
    where
        ledger.change_type = 'issued'
        and ledger.item_id in (select lost.item_id from lost)
    group by ledger.item_id

),

-- In the months before, as far back as losses are followed, it stood in the buckets of its due date.
followed as (

    select
        months.month_end,
        lost.company_id,
        lost.segment,
        lost.lost,
        {{ dbt.datediff('lost.due_date', 'months.balance_date', 'day') }} as days_past_due
    from lost
    inner join issued on lost.item_id = issued.item_id
    inner join months as lost_in on lost.lost_on between lost_in.month_start and lost_in.balance_date
    inner join months
        on
            months.month_number between lost_in.month_number - {{ var('loss_follow_months') }}
            and lost_in.month_number - 1
            and issued.known_on <= months.month_end

),

final as (

    select
        followed.month_end,
        followed.company_id,
        followed.segment,
        coalesce(buckets.bucket_id, 'no_due_date') as bucket_id,
        cast(sum(followed.lost) as decimal(18, 4)) as lost_after
    from followed
    left join buckets
        on
            buckets.bucket_id <> 'no_due_date'
            and followed.days_past_due >= coalesce(buckets.first_day, -99999)
            and followed.days_past_due <= coalesce(buckets.last_day, 99999)
    group by
        followed.month_end,
        followed.company_id,
        followed.segment,
        coalesce(buckets.bucket_id, 'no_due_date')

)

select * from final
