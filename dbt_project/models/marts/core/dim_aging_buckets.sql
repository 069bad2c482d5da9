with

buckets as (

    select * from {{ ref('aging_buckets') }}

),

final as (

    select
        bucket_id,
        label,
        first_day,
        last_day,
        position,
        is_past_due,
        is_serious
    from buckets

)

select * from final
