with

ledger as (

    select * from {{ ref('int_ledger') }}
    where item_type = 'invoice'

),

customers as (

    select * from {{ ref('int_customers') }}

),

crossings as (

    select * from {{ ref('int_aging_crossings') }}

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

crossed as (

    select
        crossings.date_day,
        grouped.company_id,
        grouped.segment,
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
        segment,
        currency_code,
        'no_due_date' as bucket_id,
        amount
    from grouped
    where due_date is null

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
    from crossed
    group by
        date_day,
        company_id,
        segment,
        currency_code

)

select * from final
