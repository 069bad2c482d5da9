with

ledger as (

    select * from {{ ref('int_ledger') }}

),

entries as (

    select * from {{ ref('int_aging_entries') }}

),

crossings as (

    select * from {{ ref('int_aging_crossings') }}

),

-- Receipts and memos have no due date, as some invoices have none, and stand in a column of their own.
placed as (

    select
        ledger.company_id,
        ledger.customer_id,
        ledger.currency_code,
        cast({{ dbt.last_day('ledger.effective_date', 'month') }} as date) as month_end,
        ledger.due_date,
        entries.position,
        coalesce(entries.bucket_id, case when ledger.item_type = 'invoice' then 'no_due_date' else 'unapplied' end)
            as bucket_id,
        sum(ledger.amount) as amount
    from ledger
    left join entries
        on
            ledger.effective_date = entries.effective_date
            and ledger.due_date = entries.due_date
    group by
        ledger.company_id,
        ledger.customer_id,
        ledger.currency_code,
        cast({{ dbt.last_day('ledger.effective_date', 'month') }} as date),
        ledger.due_date,
        entries.position,
        coalesce(entries.bucket_id, case when ledger.item_type = 'invoice' then 'no_due_date' else 'unapplied' end)

),

-- What is due on one day ages together, whenever it came.
by_due_date as (

    select
        company_id,
        customer_id,
        currency_code,
        due_date,
        position,
        sum(amount) as amount
    from placed
    where position is not null
    group by
        company_id,
        customer_id,
        currency_code,
        due_date,
        position
    having sum(amount) <> 0

),

-- It goes on into every bucket after the one it came into.
changed as (

    select
        company_id,
        customer_id,
        currency_code,
        month_end,
        bucket_id,
        amount
    from placed
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

),

final as (

    select
        company_id,
        customer_id,
        currency_code,
        month_end,
        {% for bucket in var('aging_bucket_ids') -%}
            cast(sum(case when bucket_id = '{{ bucket }}' then amount else 0 end) as decimal(18, 4))
                as aging_{{ bucket }},
        {% endfor -%}
        cast(sum(case when bucket_id = 'unapplied' then amount else 0 end) as decimal(18, 4))
            as unapplied_credits
    from changed
    group by
        company_id,
        customer_id,
        currency_code,
        month_end

)

select * from final
