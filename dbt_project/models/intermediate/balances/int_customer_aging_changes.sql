with

ledger as (

    select * from {{ ref('int_ledger') }}

),

buckets as (

    select * from {{ ref('aging_buckets') }}

),

grouped as (

    select
        company_id,
        customer_id,
        currency_code,
        item_type = 'invoice' as is_invoice,
        effective_date,
        due_date,
        sum(amount) as amount
    from ledger
    group by
        company_id,
        customer_id,
        currency_code,
        item_type = 'invoice',
        effective_date,
        due_date

),

-- As in int_aging_changes_daily, by customer: into a bucket on one day, out of it on another.
dated as (

    select
        grouped.company_id,
        grouped.customer_id,
        grouped.currency_code,
        grouped.amount,
        buckets.bucket_id,
        case
            when buckets.first_day is null then grouped.effective_date
            else
                greatest(
                    grouped.effective_date,
                    cast({{ dbt.dateadd('day', 'buckets.first_day', 'grouped.due_date') }} as date)
                )
        end as entered_on,
        cast({{ dbt.dateadd('day', 'buckets.last_day + 1', 'grouped.due_date') }} as date) as left_on
    from grouped
    inner join buckets
        on
            (grouped.due_date is null and buckets.bucket_id = 'no_due_date')
            or (grouped.due_date is not null and buckets.bucket_id <> 'no_due_date')
    where
        grouped.is_invoice
        and (
            buckets.last_day is null
            or grouped.due_date is null
            or cast({{ dbt.dateadd('day', 'buckets.last_day + 1', 'grouped.due_date') }} as date)
            > grouped.effective_date
        )

),

crossings as (

    select
        company_id,
        customer_id,
        currency_code,
        bucket_id,
        entered_on as date_day,
        amount
    from dated
    union all
    select
        company_id,
        customer_id,
        currency_code,
        bucket_id,
        left_on as date_day,
        -amount as amount
    from dated
    where left_on is not null
    union all
    select
        company_id,
        customer_id,
        currency_code,
        'unapplied' as bucket_id,
        effective_date as date_day,
        amount
    from grouped
    where not is_invoice

),

final as (

    select
        company_id,
        customer_id,
        currency_code,
        cast({{ dbt.last_day('date_day', 'month') }} as date) as month_end,
        {% for bucket in var('aging_bucket_ids') -%}
            cast(sum(case when bucket_id = '{{ bucket }}' then amount else 0 end) as decimal(18, 4))
                as aging_{{ bucket }},
        {% endfor -%}
        cast(sum(case when bucket_id = 'unapplied' then amount else 0 end) as decimal(18, 4))
            as unapplied_credits
    from crossings
    where date_day <= {{ as_of_date() }}
    group by
        company_id,
        customer_id,
        currency_code,
        cast({{ dbt.last_day('date_day', 'month') }} as date)

)

select * from final
