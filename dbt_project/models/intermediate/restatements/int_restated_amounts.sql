with

changes as (

    select * from {{ ref('int_restated_events') }}

),

event_types as (

    select * from {{ ref('ledger_event_types') }}

),

rates as (

    select * from {{ ref('int_exchange_rates_daily') }}

),

reported as (

    select distinct frozen_at from {{ ref('int_published_kpis') }}

),

serious as (

    select first_day from {{ ref('aging_buckets') }}
    where bucket_id = '91_120'

),

-- What was frozen before a change was found was reported without it; what was frozen with it or later holds it already.
found as (

    select
        changes.detected_at,
        max(reported.frozen_at) as frozen_before
    from (select distinct detected_at from changes) as changes
    inner join reported on changes.detected_at > reported.frozen_at
    group by changes.detected_at

),

valued as (

    select
        changes.*,
        found.frozen_before,
        case when event_types.movement in ('cash_received', 'cash_reversed') then -changes.amount else 0 end as cash,
        case when changes.is_credit_sale then changes.amount else 0 end as sales,
        case when event_types.is_taken_over then changes.amount else 0 end as taken_over,
        changes.amount * rates.rate as amount_reporting,
        rates.rate,
        greatest(
            changes.effective_date,
            coalesce(cast({{ dbt.dateadd('day', 1, 'changes.due_date') }} as date), changes.effective_date)
        ) as past_due_from,
        greatest(
            changes.effective_date,
            coalesce(
                cast({{ dbt.dateadd('day', 'serious.first_day', 'changes.due_date') }} as date), changes.effective_date
            )
        ) as serious_from
    from changes
    inner join found on changes.detected_at = found.detected_at
    inner join event_types on changes.event_type = event_types.event_type
    left join rates
        on
            changes.effective_date = rates.date_day
            and changes.currency_code = rates.currency_code
    cross join serious

)

select * from valued
