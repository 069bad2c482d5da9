{{ config(materialized='incremental', incremental_strategy='add_up') }}

{%- set since = last_built_day() %}

with

amounts as (

    select * from {{ ref('int_dated_amounts') }}
    where segment is not null

),

event_causes as (

    select * from {{ ref('ledger_event_causes') }}

),

serious as (

    select min(first_day) as first_day from {{ ref('aging_buckets') }}
    where is_serious

),

-- Summed first, so that the next steps have one row for each date and not for each invoice.
grouped as (

    select
        amounts.company_id,
        amounts.segment,
        amounts.currency_code,
        event_causes.cause,
        amounts.item_type,
        amounts.effective_date,
        amounts.takes_effect,
        amounts.ages_since,
        cast({{ dbt.dateadd('day', 1, 'amounts.due_date') }} as date) as past_due_from,
        cast({{ dbt.dateadd('day', 'serious.first_day', 'amounts.due_date') }} as date) as serious_from,
        sum(amounts.amount) as amount,
        sum(case when amounts.is_credit_sale then amounts.amount else 0 end) as net_credit_sales
    from amounts
    inner join event_causes on amounts.event_type = event_causes.event_type
    cross join serious
    group by
        amounts.company_id,
        amounts.segment,
        amounts.currency_code,
        event_causes.cause,
        amounts.item_type,
        amounts.effective_date,
        amounts.takes_effect,
        amounts.ages_since,
        amounts.due_date,
        serious.first_day

),

-- A change of an amount that is already past due counts as past due at once. Other amounts become past due on a later
-- day; that is lateness.
dated as (

    select
        company_id,
        segment,
        currency_code,
        cause,
        effective_date as date_day,
        amount as receivables_change,
        case when item_type = 'invoice' then amount else 0 end as open_invoices_change,
        case when effective_date >= past_due_from then amount else 0 end as past_due_receivables_change,
        case when effective_date >= serious_from then amount else 0 end as serious_receivables_change,
        net_credit_sales
    from grouped
    where takes_effect
    {%- for measure in ['past_due', 'serious'] %}
        union all
        select
            company_id,
            segment,
            currency_code,
            'lateness' as cause,
            {{ measure }}_from as date_day,
            0 as receivables_change,
            0 as open_invoices_change,
            {{ 'amount' if measure == 'past_due' else '0' }} as past_due_receivables_change,
            {{ 'amount' if measure == 'serious' else '0' }} as serious_receivables_change,
            0 as net_credit_sales
        from grouped
        where
            effective_date < {{ measure }}_from
            and {{ measure }}_from <= {{ as_of_date() }}
            and ages_since = ({{ measure }}_from > {{ since }})
    {%- endfor %}

),

final as (

    select
        company_id,
        segment,
        currency_code,
        cause,
        date_day,
        cast(sum(receivables_change) as decimal(18, 4)) as receivables_change,
        cast(sum(open_invoices_change) as decimal(18, 4)) as open_invoices_change,
        cast(sum(past_due_receivables_change) as decimal(18, 4)) as past_due_receivables_change,
        cast(sum(serious_receivables_change) as decimal(18, 4)) as serious_receivables_change,
        cast(sum(net_credit_sales) as decimal(18, 4)) as net_credit_sales,
        '{{ this_run_id() }}' as changed_in
    from dated
    group by company_id, segment, currency_code, cause, date_day

)

select * from final
