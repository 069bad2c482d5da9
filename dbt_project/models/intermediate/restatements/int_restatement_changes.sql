with

changes as (

    select * from {{ ref('restated_events') }}

),

customers as (

    select * from {{ ref('int_customers') }}

),

event_types as (

    select * from {{ ref('ledger_event_types') }}

),

rates as (

    select * from {{ ref('int_exchange_rates_daily') }}

),

reported as (

    select distinct frozen_at from {{ ref('int_published_kpis') }}

),

serious as (

    select first_day from {{ ref('aging_buckets') }}
    where bucket_id = '91_120'

),

-- What was frozen before a change was found was reported without it; what was frozen with it or later holds it already.
found as (

    select
        changes.detected_at,
        max(reported.frozen_at) as frozen_before
    from (select distinct detected_at from changes) as changes
    inner join reported on changes.detected_at > reported.frozen_at
    group by changes.detected_at

),

valued as (

    select
        changes.*,
        customers.segment,
        found.frozen_before,
        case when event_types.movement in ('cash_received', 'cash_reversed') then -changes.amount else 0 end as cash,
        case when changes.is_credit_sale then changes.amount else 0 end as sales,
        rates.rate,
        greatest(
            changes.effective_date,
            coalesce(cast({{ dbt.dateadd('day', 1, 'changes.due_date') }} as date), changes.effective_date)
        ) as past_due_from,
        greatest(
            changes.effective_date,
            coalesce(
                cast({{ dbt.dateadd('day', 'serious.first_day', 'changes.due_date') }} as date), changes.effective_date
            )
        ) as serious_from
    from changes
    inner join found on changes.detected_at = found.detected_at
    inner join event_types on changes.event_type = event_types.event_type
    left join customers on changes.customer_id = customers.customer_id
    left join rates
        on
            changes.effective_date = rates.date_day
            and changes.currency_code = rates.currency_code
    cross join serious

),

-- What is owed changes on the event's day, what is past due when its day has passed too; from then on in every month.
dated as (

    select
        company_id,
        segment,
        currency_code,
        kind,
        frozen_before,
        month_end,
        amount as receivables,
        case when item_type = 'invoice' then amount else 0 end as open_invoices,
        0 as past_due_receivables,
        0 as serious_receivables,
        case when sales = 0 then 0 else sales * rate end as net_credit_sales,
        case when cash = 0 then 0 else cash * rate end as cash_received,
        1 as changes
    from valued
    {%- for measure in ['past_due', 'serious'] %}
        union all
        select
            company_id,
            segment,
            currency_code,
            kind,
            frozen_before,
            cast({{ dbt.last_day(measure ~ '_from', 'month') }} as date) as month_end,
            0 as receivables,
            0 as open_invoices,
            {{ 'amount' if measure == 'past_due' else '0' }} as past_due_receivables,
            {{ 'amount' if measure == 'serious' else '0' }} as serious_receivables,
            0 as net_credit_sales,
            0 as cash_received,
            0 as changes
        from valued
        where due_date is not null
    {%- endfor %}

),

final as (

    select
        company_id,
        segment,
        currency_code,
        kind,
        frozen_before,
        month_end,
        {% for measure in ['receivables', 'open_invoices', 'past_due_receivables', 'serious_receivables'] -%}
            cast(sum({{ measure }}) as decimal(18, 4)) as {{ measure }},
        {% endfor -%}
        sum(net_credit_sales) as net_credit_sales,
        sum(cash_received) as cash_received,
        sum(changes) as changes
    from dated
    group by company_id, segment, currency_code, kind, frozen_before, month_end

)

select * from final
