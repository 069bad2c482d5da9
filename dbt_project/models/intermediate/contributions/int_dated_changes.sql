with

ledger as (

    select * from {{ ref('int_ledger') }}

),

customers as (

    select * from {{ ref('int_customers') }}

),

event_causes as (

    select * from {{ ref('ledger_event_causes') }}

),

serious as (

    select first_day from {{ ref('aging_buckets') }}
    where bucket_id = '91_120'

),

-- Grouped before it is laid out by day: what follows is over dates, not over invoices.
grouped as (

    select
        ledger.company_id,
        customers.segment,
        ledger.currency_code,
        event_causes.cause,
        ledger.item_type,
        ledger.effective_date,
        ledger.due_date,
        cast({{ dbt.dateadd('day', 1, 'ledger.due_date') }} as date) as past_due_from,
        cast({{ dbt.dateadd('day', 'serious.first_day', 'ledger.due_date') }} as date) as serious_from,
        sum(ledger.amount) as amount,
        sum(case when ledger.is_credit_sale then ledger.amount else 0 end) as net_credit_sales
    from ledger
    inner join customers on ledger.customer_id = customers.customer_id
    inner join event_causes on ledger.event_type = event_causes.event_type
    cross join serious
    group by
        ledger.company_id,
        customers.segment,
        ledger.currency_code,
        event_causes.cause,
        ledger.item_type,
        ledger.effective_date,
        ledger.due_date,
        serious.first_day

),

-- A change of what is past due by then counts there at once; the rest comes when its day is over, which is lateness.
dated as (

    select
        company_id,
        segment,
        currency_code,
        cause,
        effective_date as date_day,
        amount as receivables,
        case when item_type = 'invoice' then amount else 0 end as open_invoices,
        case when effective_date >= past_due_from then amount else 0 end as past_due_receivables,
        case when effective_date >= serious_from then amount else 0 end as serious_receivables,
        net_credit_sales
    from grouped
    {%- for measure in ['past_due', 'serious'] %}
        union all
        select
            company_id,
            segment,
            currency_code,
            'lateness' as cause,
            {{ measure }}_from as date_day,
            0 as receivables,
            0 as open_invoices,
            {{ 'amount' if measure == 'past_due' else '0' }} as past_due_receivables,
            {{ 'amount' if measure == 'serious' else '0' }} as serious_receivables,
            0 as net_credit_sales
        from grouped
        where
            effective_date < {{ measure }}_from
            and {{ measure }}_from <= {{ as_of_date() }}
    {%- endfor %}

),

final as (

    select
        company_id,
        segment,
        currency_code,
        cause,
        date_day,
        sum(receivables) as receivables,
        sum(open_invoices) as open_invoices,
        sum(past_due_receivables) as past_due_receivables,
        sum(serious_receivables) as serious_receivables,
        sum(net_credit_sales) as net_credit_sales
    from dated
    group by company_id, segment, currency_code, cause, date_day

)

select * from final
