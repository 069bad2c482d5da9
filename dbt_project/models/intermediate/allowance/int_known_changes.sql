{%- set key = ['company_id', 'segment', 'assessed_customer_id', 'currency_code', 'due_date', 'month_end'] -%}
{%- set measures = ['balance_change', 'cohort_change', 'paid', 'written_off', 'credited'] -%}
{%- set known_date = 'coalesce(late_events.known_date, ledger.effective_date)' -%}

with

-- By the months in which events are dated.
increments as (

    select
        *,
        cast(null as string) as assessed_customer_id,
        other_reductions as credited
    from {{ ref('int_due_date_increments') }}
    where segment is not null

),

changes_told_apart as (

    select * from {{ ref('int_changes_told_apart') }}

),

ledger as (

    select * from {{ ref('fct_receivables_ledger') }}
    where
        segment is not null
        and change_type = 'written_off'

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

-- What stands on an invoice beyond what it asks for is no receivable; what of it was written off is a write-off.
losses as (

    select
        ledger.company_id,
        ledger.segment,
        assessed.customer_id as assessed_customer_id,
        ledger.currency_code,
        ledger.due_date,
        cast({{ dbt.last_day(known_date, 'month') }} as date) as month_end,
        case when ledger.event_type = 'write_off' then -{{ in_reporting_currency('ledger.amount') }} else 0 end as lost,
        case when ledger.event_type = 'write_off_reversal' then {{ in_reporting_currency('ledger.amount') }} else 0 end
            as recovered
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

unioned as (

    select
        {{ (key + measures) | join(',\n        ') }},
        event_count,
        0 as lost,
        0 as recovered
    from increments
    union all
    select
        {{ (key + measures) | join(',\n        ') }},
        event_count,
        0 as lost,
        0 as recovered
    from changes_told_apart
    union all
    select
        {{ key | join(',\n        ') }},
        {% for measure in measures -%}
            0 as {{ measure }},
        {% endfor -%}
        1 as event_count,
        lost,
        recovered
    from losses

),

final as (

    select
        {{ key | join(',\n        ') }},
        {% for measure in measures -%}
            cast(sum({{ measure }}) as decimal(18, 4)) as {{ measure }},
        {% endfor -%}
        sum(lost) as lost,
        sum(recovered) as recovered
    from unioned
    group by {{ key | join(', ') }}
    having sum(event_count) > 0

)

select * from final
