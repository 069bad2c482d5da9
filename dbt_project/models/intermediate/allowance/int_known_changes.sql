{%- set known_date = 'coalesce(late_events.known_date, ledger.effective_date)' -%}
{#- What left the items that stood at the month's start. -#}
{%- set of_the_cohort = {
    'cohort_change': 'balance_change', 'paid': 'paid', 'written_off': 'written_off',
    'credited': 'moved - balance_change - paid - written_off',
} -%}

with

ledger as (

    select * from {{ ref('fct_receivables_ledger') }}
    where
        segment is not null
        and (item_type = 'invoice' or change_type = 'written_off')

),

late_events as (

    select * from {{ ref('int_late_events') }}

),

rates as (

    select * from {{ ref('int_exchange_rates_daily') }}

),

assessed as (

    select distinct
        company_id,
        customer_id
    from {{ ref('specific_provisions') }}

),

-- What stands on an invoice beyond what it asks for is no receivable; but what of it was written off is a write-off.
known as (

    select
        ledger.*,
        assessed.customer_id as assessed_customer_id,
        cast({{ dbt.last_day(known_date, 'month') }} as date) as month_end,
        case when ledger.item_type = 'invoice' then ledger.amount else 0 end as balance_change,
        {{ in_reporting_currency('ledger.amount') }} as amount_reporting
    from ledger
    left join late_events on ledger.event_id = late_events.event_id
    left join assessed
        on
            ledger.company_id = assessed.company_id
            and ledger.customer_id = assessed.customer_id
    left join rates
        on
            ledger.effective_date = rates.date_day
            and ledger.currency_code = rates.currency_code
    where {{ known_date }} <= {{ as_of_date() }}

),

by_item as (

    select
        item_type,
        item_id,
        company_id,
        segment,
        assessed_customer_id,
        currency_code,
        due_date,
        month_end,
        sum(balance_change) as balance_change,
        sum(case when change_type = 'redated' then balance_change else 0 end) as moved,
        -sum(case when change_type = 'paid' then balance_change else 0 end) as paid,
        -sum(case when change_type = 'written_off' then balance_change else 0 end) as written_off,
        -sum(case when event_type = 'write_off' then amount_reporting else 0 end) as lost,
        sum(case when event_type = 'write_off_reversal' then amount_reporting else 0 end) as recovered,
        sum(sum(balance_change)) over (
            partition by item_type, item_id, due_date order by month_end asc nulls last
            rows between unbounded preceding and current row
        ) - sum(balance_change) <> 0 as is_in_cohort
    from known
    group by
        item_type,
        item_id,
        company_id,
        segment,
        assessed_customer_id,
        currency_code,
        due_date,
        month_end

),

final as (

    select
        company_id,
        segment,
        assessed_customer_id,
        currency_code,
        due_date,
        month_end,
        cast(sum(balance_change) as decimal(18, 4)) as balance_change,
        {% for column, measure in of_the_cohort.items() -%}
            cast(sum(case when is_in_cohort then {{ measure }} else 0 end) as decimal(18, 4)) as {{ column }},
        {% endfor -%}
        sum(lost) as lost,
        sum(recovered) as recovered
    from by_item
    group by
        company_id,
        segment,
        assessed_customer_id,
        currency_code,
        due_date,
        month_end

)

select * from final
