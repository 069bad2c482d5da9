{{ config(materialized='incremental', incremental_strategy='add_up') }}

{%- set since = last_built_day() %}

with

amounts as (

    select * from {{ ref('int_aging_amounts') }}

),

crossings as (

    select * from {{ ref('int_aging_crossings') }}

),

-- Receipts and memos have no due date, like some invoices, but they go into a separate column.
placed as (

    select
        company_id,
        customer_id,
        currency_code,
        cast({{ dbt.last_day('effective_date', 'month') }} as date) as month_end,
        due_date,
        position,
        coalesce(bucket_id, case when item_type = 'invoice' then 'no_due_date' else 'unapplied' end) as bucket_id,
        takes_effect,
        ages_since,
        sum(amount) as amount
    from amounts
    group by
        company_id,
        customer_id,
        currency_code,
        cast({{ dbt.last_day('effective_date', 'month') }} as date),
        due_date,
        position,
        coalesce(bucket_id, case when item_type = 'invoice' then 'no_due_date' else 'unapplied' end),
        takes_effect,
        ages_since

),

-- Amounts with the same due date move between buckets on the same days, whatever their effective dates.
by_due_date as (

    select
        company_id,
        customer_id,
        currency_code,
        due_date,
        position,
        ages_since,
        sum(amount) as amount
    from placed
    where position is not null
    group by
        company_id,
        customer_id,
        currency_code,
        due_date,
        position,
        ages_since
    having sum(amount) <> 0

),

-- An amount enters its first bucket when it takes effect, and each later bucket on the day of the boundary.
changed as (

    select
        company_id,
        customer_id,
        currency_code,
        month_end,
        bucket_id,
        amount
    from placed
    where takes_effect
    union all
    select
        by_due_date.company_id,
        by_due_date.customer_id,
        by_due_date.currency_code,
        cast({{ dbt.last_day('crossings.date_day', 'month') }} as date) as month_end,
        crossings.bucket_id,
        crossings.direction * by_due_date.amount as amount
    from by_due_date
    inner join crossings
        on
            by_due_date.due_date = crossings.due_date
            and by_due_date.position < crossings.position
            and by_due_date.ages_since = (crossings.date_day > {{ since }})

),

-- Rows of zeros are kept: they show that the customer's month has changed (int_customers_this_run).
final as (

    select
        month_end,
        company_id,
        customer_id,
        currency_code,
        {% for bucket in var('aging_bucket_ids') -%}
            cast(sum(case when bucket_id = '{{ bucket }}' then amount else 0 end) as decimal(18, 4))
                as aging_{{ bucket }}_change,
        {% endfor -%}
        cast(sum(case when bucket_id = 'unapplied' then amount else 0 end) as decimal(18, 4))
            as unapplied_credits_change,
        '{{ this_run_id() }}' as changed_in
    from changed
    group by
        month_end,
        company_id,
        customer_id,
        currency_code

)

select * from final
