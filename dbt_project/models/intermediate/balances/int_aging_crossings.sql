with

entries as (

    select * from {{ ref('int_aging_entries') }}

),

buckets as (

    select * from {{ ref('aging_buckets') }}
    where bucket_id <> 'no_due_date'

),

due_dates as (

    select due_date
    from entries
    group by due_date

),

-- The first bucket has no boundary before it: amounts come into it when they take effect, not by aging.
boundaries as (

    select
        bucket_id,
        position,
        first_day,
        lag(bucket_id) over (order by position asc nulls last) as left_bucket_id
    from buckets

),

crossed as (

    select
        due_dates.due_date,
        boundaries.bucket_id,
        boundaries.left_bucket_id,
        boundaries.position,
        cast({{ dbt.dateadd('day', 'boundaries.first_day', 'due_dates.due_date') }} as date) as date_day
    from due_dates
    cross join boundaries
    where boundaries.left_bucket_id is not null

),

final as (

    select
        due_date,
        position,
        bucket_id,
        date_day,
        1 as direction
    from crossed
    where date_day <= {{ as_of_date() }}
    union all
    select
        due_date,
        position,
        left_bucket_id as bucket_id,
        date_day,
        -1 as direction
    from crossed
    where date_day <= {{ as_of_date() }}

)

select * from final
