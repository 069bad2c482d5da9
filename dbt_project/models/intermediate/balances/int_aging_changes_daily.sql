with

ledger as (

    select * from {{ ref('int_ledger') }}
    where item_type = 'invoice'

),

customers as (

    select * from {{ ref('int_customers') }}

),

entries as (

    select * from {{ ref('int_aging_entries') }}

),

crossings as (

    select * from {{ ref('int_aging_crossings') }}

),

-- Grouped before anything is laid out: what follows is over dates, not over invoices.
placed as (

    select
        ledger.company_id,
        customers.segment,
        ledger.currency_code,
        ledger.effective_date,
        ledger.due_date,
        coalesce(entries.bucket_id, 'no_due_date') as bucket_id,
        entries.position,
        sum(ledger.amount) as amount
    from ledger
    inner join customers on ledger.customer_id = customers.customer_id
    left join entries
        on
            ledger.effective_date = entries.effective_date
            and ledger.due_date = entries.due_date
    group by
        ledger.company_id,
        customers.segment,
        ledger.currency_code,
        ledger.effective_date,
        ledger.due_date,
        coalesce(entries.bucket_id, 'no_due_date'),
        entries.position

),

-- What is due on one day ages together, whenever it came.
by_due_date as (

    select
        company_id,
        segment,
        currency_code,
        due_date,
        position,
        sum(amount) as amount
    from placed
    where due_date is not null
    group by
        company_id,
        segment,
        currency_code,
        due_date,
        position

),

-- It goes on into every bucket after the one it came into.
changed as (

    select
        effective_date as date_day,
        company_id,
        segment,
        currency_code,
        bucket_id,
        amount
    from placed
    union all
    select
        crossings.date_day,
        by_due_date.company_id,
        by_due_date.segment,
        by_due_date.currency_code,
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
        date_day,
        company_id,
        segment,
        currency_code,
        {% for bucket in var('aging_bucket_ids') -%}
            cast(sum(case when bucket_id = '{{ bucket }}' then amount else 0 end) as decimal(18, 4))
                as aging_{{ bucket }}
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from changed
    group by
        date_day,
        company_id,
        segment,
        currency_code

)

select * from final
