{%- set apart = ['company_id', 'segment', 'currency_code', 'kind', 'frozen_before'] -%}
{%- set balances = ['receivables', 'open_invoices', 'past_due_receivables', 'serious_receivables'] -%}
{%- set flows = ['net_credit_sales', 'taken_over', 'cash_received'] -%}
{#- From which day each measure of a change counts: balances from its effective date, past-due balances from the day on
    which it is past due. Balances include it in every month from then on, flows only in that month. -#}
{%- set added = {
    'effective_date': ['receivables', 'open_invoices', 'changes'] + flows,
    'past_due_from': ['past_due_receivables'],
    'serious_from': ['serious_receivables'],
} -%}

with

events as (

    select * from {{ ref('int_restated_events') }}

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

    select min(first_day) as first_day from {{ ref('aging_buckets') }}
    where is_serious

),

-- Figures that were frozen before a change was found do not include it; figures that were frozen with it or later do.
found as (

    select
        events.detected_at,
        max(reported.frozen_at) as frozen_before
    from (select distinct detected_at from events) as events
    inner join reported on events.detected_at > reported.frozen_at
    group by events.detected_at

),

valued as (

    select
        events.*,
        found.frozen_before,
        events.amount as receivables,
        case when events.item_type = 'invoice' then events.amount else 0 end as open_invoices,
        events.amount as past_due_receivables,
        events.amount as serious_receivables,
        {% for flow, sign, condition in [
            ('net_credit_sales', '', 'events.is_credit_sale'),
            ('taken_over', '', 'event_types.is_taken_over'),
            ('cash_received', '-', "event_types.change_type = 'cash'"),
        ] -%}
            case when {{ condition }} then {{ in_reporting_currency(sign ~ 'events.amount') }} else 0 end
                as {{ flow }},
        {% endfor -%}
        {% for measure, days in [('past_due', '1'), ('serious', 'serious.first_day')] -%}
            greatest(events.effective_date, cast({{ dbt.dateadd('day', days, 'events.due_date') }} as date))
                as {{ measure }}_from,
        {% endfor -%}
        1 as changes
    from events
    inner join found on events.detected_at = found.detected_at
    inner join event_types on events.event_type = event_types.event_type
    left join rates
        on
            events.effective_date = rates.date_day
            and events.currency_code = rates.currency_code
    cross join serious

),

dated as (

    {% for day, measures in added.items() -%}
        select
            {% for column in apart -%}
                {{ column }},
            {% endfor -%}
            {% for measure in balances + flows + ['changes'] -%}
                {{ measure if measure in measures else '0' }} as {{ measure }},
            {% endfor -%}
            cast({{ dbt.last_day(day, 'month') }} as date) as month_end
        from valued
        {% if not loop.first %}where due_date is not null{% endif %}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

final as (

    select
        {% for column in apart + ['month_end'] -%}
            {{ column }},
        {% endfor -%}
        {% for balance in balances -%}
            cast(sum({{ balance }}) as decimal(18, 4)) as {{ balance }}_difference,
        {% endfor -%}
        {% for flow in flows -%}
            sum({{ flow }}) as {{ flow }}_difference,
        {% endfor -%}
        sum(changes) as changes
    from dated
    group by {{ apart | join(', ') }}, month_end

)

select * from final
