with

ledger as (

    select * from {{ ref('fct_receivables_ledger') }}
    where
        item_type = 'invoice'
        and due_date is not null

),

changes as (

    select * from {{ ref('int_ledger_changes_this_run') }}
    where
        item_type = 'invoice'
        and due_date is not null

),

buckets as (

    select * from {{ ref('aging_buckets') }}
    where bucket_id <> 'no_due_date'

),

-- Each pair of dates once, also pairs that only replaced events had.
date_pairs as (

    select
        effective_date,
        due_date
    from ledger
    union distinct
    select
        effective_date,
        due_date
    from changes

),

dated as (

    select
        *,
        {{ dbt.datediff('due_date', 'effective_date', 'day') }} as days_past_due
    from date_pairs

),

final as (

    select
        dated.effective_date,
        dated.due_date,
        buckets.bucket_id,
        buckets.position
    from dated
    inner join buckets
        on
            dated.days_past_due >= coalesce(buckets.first_day, dated.days_past_due)
            and dated.days_past_due <= coalesce(buckets.last_day, dated.days_past_due)

)

select * from final
