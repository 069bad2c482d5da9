with

ledger as (

    select * from {{ ref('int_ledger') }}

),

crossings as (

    select * from {{ ref('int_aging_crossings') }}

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

-- Receipts and memos have no due date either, and stand in a column of their own.
crossed as (

    select
        crossings.date_day,
        grouped.company_id,
        grouped.customer_id,
        grouped.currency_code,
        crossings.bucket_id,
        crossings.direction * grouped.amount as amount
    from grouped
    inner join crossings
        on
            grouped.effective_date = crossings.effective_date
            and grouped.due_date = crossings.due_date
    union all
    select
        effective_date as date_day,
        company_id,
        customer_id,
        currency_code,
        case when is_invoice then 'no_due_date' else 'unapplied' end as bucket_id,
        amount
    from grouped
    where due_date is null

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
    from crossed
    group by
        company_id,
        customer_id,
        currency_code,
        cast({{ dbt.last_day('date_day', 'month') }} as date)

)

select * from final
