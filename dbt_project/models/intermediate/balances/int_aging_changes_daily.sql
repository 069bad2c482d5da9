with

ledger as (

    select * from {{ ref('int_ledger') }}
    where item_type = 'invoice'

),

customers as (

    select * from {{ ref('int_customers') }}

),

buckets as (

    select * from {{ ref('aging_buckets') }}

),

-- Grouped before it is expanded: the expansion below is over dates, not over invoices.
grouped as (

    select
        ledger.company_id,
        customers.segment,
        ledger.currency_code,
        ledger.effective_date,
        ledger.due_date,
        sum(ledger.amount) as amount
    from ledger
    inner join customers on ledger.customer_id = customers.customer_id
    group by
        ledger.company_id,
        customers.segment,
        ledger.currency_code,
        ledger.effective_date,
        ledger.due_date

),

-- A change stands in a bucket from the later of its own day and the bucket's first day, until its last day is over.
dated as (

    select
        grouped.company_id,
        grouped.segment,
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
        buckets.last_day is null
        or grouped.due_date is null
        or cast({{ dbt.dateadd('day', 'buckets.last_day + 1', 'grouped.due_date') }} as date) > grouped.effective_date

),

crossings as (

    select
        company_id,
        segment,
        currency_code,
        bucket_id,
        entered_on as date_day,
        amount
    from dated
    union all
    select
        company_id,
        segment,
        currency_code,
        bucket_id,
        left_on as date_day,
        -amount as amount
    from dated
    where left_on is not null

),

final as (

    select
        date_day,
        company_id,
        segment,
        currency_code,
        {% for bucket in var('aging_bucket_ids') -%}
            cast(sum(case when bucket_id = '{{ bucket }}' then amount else 0 end) as decimal(18, 4))
                as aging_{{ bucket }}
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from crossings
    where date_day <= {{ as_of_date() }}
    group by
        date_day,
        company_id,
        segment,
        currency_code

)

select * from final
