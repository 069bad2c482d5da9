{{ config(materialized='replaced_view') }}

with

balances as (

    select * from {{ ref('int_invoice_balances') }}
    where open_balance <> 0

),

buckets as (

    select * from {{ ref('aging_buckets') }}

),

dated as (

    select
        invoice_id,
        oldest_open_due_date,
        case
            when oldest_open_due_date < {{ as_of_date() }}
                then {{ dbt.datediff('oldest_open_due_date', as_of_date(), 'day') }}
            else 0
        end as days_past_due
    from balances

),

final as (

    select
        dated.invoice_id,
        cast(dated.days_past_due as integer) as days_past_due,
        buckets.bucket_id as aging_bucket
    from dated
    left join buckets
        on
            (dated.oldest_open_due_date is null and buckets.bucket_id = 'no_due_date')
            or (
                dated.oldest_open_due_date is not null
                and buckets.bucket_id <> 'no_due_date'
                and (buckets.first_day is null or dated.days_past_due >= buckets.first_day)
                and (buckets.last_day is null or dated.days_past_due <= buckets.last_day)
            )

)

select * from final
