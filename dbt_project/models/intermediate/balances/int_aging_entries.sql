with

ledger as (

    select * from {{ ref('int_ledger') }}
    where
        item_type = 'invoice'
        and due_date is not null

),

buckets as (

    select * from {{ ref('aging_buckets') }}
    where bucket_id <> 'no_due_date'

),

-- Each pair of dates once, however many changes share it.
date_pairs as (

    select
        effective_date,
        due_date,
        {{ dbt.datediff('due_date', 'effective_date', 'day') }} as days_past_due
    from ledger
    group by
        effective_date,
        due_date

),

final as (

    select
        date_pairs.effective_date,
        date_pairs.due_date,
        buckets.bucket_id,
        buckets.position
    from date_pairs
    inner join buckets
        on
            date_pairs.days_past_due >= coalesce(buckets.first_day, date_pairs.days_past_due)
            and date_pairs.days_past_due <= coalesce(buckets.last_day, date_pairs.days_past_due)

)

select * from final
