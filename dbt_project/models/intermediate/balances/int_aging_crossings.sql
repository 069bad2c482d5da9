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
        due_date
    from ledger
    group by
        effective_date,
        due_date

),

-- The first day in each bucket and the first day after it.
dated as (

    select
        date_pairs.effective_date,
        date_pairs.due_date,
        buckets.bucket_id,
        cast({{ dbt.dateadd('day', 'buckets.first_day', 'date_pairs.due_date') }} as date) as first_date,
        cast({{ dbt.dateadd('day', 'buckets.last_day + 1', 'date_pairs.due_date') }} as date) as left_on
    from date_pairs
    cross join buckets

),

-- A bucket that was over before the change took effect is never entered.
entered as (

    select
        effective_date,
        due_date,
        bucket_id,
        case when first_date > effective_date then first_date else effective_date end as entered_on,
        left_on
    from dated
    where
        left_on is null
        or left_on > effective_date

),

crossings as (

    select
        effective_date,
        due_date,
        bucket_id,
        entered_on as date_day,
        1 as direction
    from entered
    union all
    select
        effective_date,
        due_date,
        bucket_id,
        left_on as date_day,
        -1 as direction
    from entered
    where left_on is not null

),

final as (

    select
        effective_date,
        due_date,
        bucket_id,
        date_day,
        direction
    from crossings
    where date_day <= {{ as_of_date() }}

)

select * from final
