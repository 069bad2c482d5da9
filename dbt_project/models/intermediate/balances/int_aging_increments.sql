{{ config(materialized='incremental', incremental_strategy='add_up') }}

{%- set since = last_built_day() %}

with

amounts as (

    select * from {{ ref('int_aging_amounts') }}
    where
        item_type = 'invoice'
        and segment is not null

),

crossings as (

    select * from {{ ref('int_aging_crossings') }}

),

-- Summed first, so that the next steps have one row for each date and not for each invoice.
placed as (

    select
        company_id,
        segment,
        currency_code,
        effective_date as date_day,
        due_date,
        position,
        coalesce(bucket_id, 'no_due_date') as bucket_id,
        takes_effect,
        ages_since,
        sum(amount) as amount
    from amounts
    group by
        company_id,
        segment,
        currency_code,
        effective_date,
        due_date,
        position,
        coalesce(bucket_id, 'no_due_date'),
        takes_effect,
        ages_since

),

-- Amounts with the same due date move between buckets on the same days, whatever their effective dates.
by_due_date as (

    select
        company_id,
        segment,
        currency_code,
        due_date,
        position,
        ages_since,
        sum(amount) as amount
    from placed
    where position is not null
    group by
        company_id,
        segment,
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
        segment,
        currency_code,
        date_day,
        bucket_id,
        amount
    from placed
    where takes_effect
    union all
    select
        by_due_date.company_id,
        by_due_date.segment,
        by_due_date.currency_code,
        crossings.date_day,
        crossings.bucket_id,
        crossings.direction * by_due_date.amount as amount
    from by_due_date
    inner join crossings
        on
            by_due_date.due_date = crossings.due_date
            and by_due_date.position < crossings.position
            and by_due_date.ages_since = (crossings.date_day > {{ since }})

),

final as (

    select
        date_day,
        company_id,
        segment,
        currency_code,
        {% for bucket in var('aging_bucket_ids') -%}
            cast(sum(case when bucket_id = '{{ bucket }}' then amount else 0 end) as decimal(18, 4))
                as aging_{{ bucket }}_change,
        {% endfor -%}
        '{{ this_run_id() }}' as changed_in
    from changed
    group by
        date_day,
        company_id,
        segment,
        currency_code

)

select * from final
