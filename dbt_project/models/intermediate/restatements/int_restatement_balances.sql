{#- The month ends that a month's KPIs use: its own, the one before it, and those before its trailing windows. -#}
{%- set looked_back = {'month_end': 0, 'previous_end': -1, 'end_3m': -3, 'end_12m': -12} -%}
{%- set flows = [
    ('net_credit_sales', 'previous_end', ''), ('net_credit_sales', 'end_3m', '_3m'), ('net_credit_sales', 'end_12m', '_12m'),
    ('taken_over', 'previous_end', ''), ('taken_over', 'end_3m', '_3m'), ('cash_received', 'previous_end', ''),
] -%}
{%- set balances = ['receivables', 'open_invoices', 'past_due_receivables', 'serious_receivables'] -%}

with

changes as (

    select * from {{ ref('int_restatement_changes') }}

),

reported as (

    select distinct
        month_end,
        frozen_at
    from {{ ref('int_published_kpis') }}

),

rates as (

    select * from {{ ref('int_exchange_rates_daily') }}

),

looking_back as (

    select
        frozen_at,
        {% for name, months in looked_back.items() -%}
            cast({{ dbt.last_day(dbt.dateadd('month', months, 'month_end'), 'month') }} as date) as {{ name }}
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from reported

),

-- Balances at the month's end and at the earlier month ends are in transaction currency, flows in reporting currency.
summed as (

    select
        looking_back.month_end,
        looking_back.previous_end,
        looking_back.end_3m,
        looking_back.frozen_at,
        changes.company_id,
        changes.segment,
        changes.currency_code,
        changes.kind,
        {% for balance in balances -%}
            sum(changes.{{ balance }}_difference) as {{ balance }},
        {% endfor -%}
        {% for name in ['previous_end', 'end_3m'] -%}
            {% for balance in ['receivables', 'open_invoices'] -%}
                sum(
                    case
                        when changes.month_end <= looking_back.{{ name }} then changes.{{ balance }}_difference
                        else 0
                    end
                ) as {{ balance }}_{{ name }},
            {% endfor -%}
        {% endfor -%}
        {% for flow, name, _ in flows -%}
            sum(case when changes.month_end > looking_back.{{ name }} then changes.{{ flow }}_difference else 0 end)
                as {{ flow }}_{{ name }},
        {% endfor -%}
        sum(changes.changes) as changes
    from looking_back
    inner join changes
        on
            looking_back.month_end >= changes.month_end
            and looking_back.frozen_at <= changes.frozen_before
    group by
        looking_back.month_end, looking_back.previous_end, looking_back.end_3m, looking_back.frozen_at,
        changes.company_id, changes.segment, changes.currency_code, changes.kind

),

converted as (

    select
        summed.month_end,
        summed.frozen_at,
        summed.company_id,
        summed.segment,
        summed.currency_code,
        summed.kind,
        {% for balance in balances -%}
            {{ in_reporting_currency('cast(summed.' ~ balance ~ ' as decimal(18, 4))', 'closing.rate') }}
                as {{ balance }}_difference,
        {% endfor -%}
        {% for balance, name, rate, column in [
            ('receivables', 'previous_end', 'opening', 'opening_receivables'),
            ('open_invoices', 'previous_end', 'opening', 'opening_open_invoices'),
            ('receivables', 'end_3m', 'opening_3m', 'opening_receivables_3m'),
        ] -%}
            {{ in_reporting_currency('cast(summed.' ~ balance ~ '_' ~ name ~ ' as decimal(18, 4))', rate ~ '.rate') }}
                as {{ column }}_difference,
        {% endfor -%}
        {% for flow, name, window in flows -%}
            summed.{{ flow }}_{{ name }} as {{ flow }}{{ window }}_difference,
        {% endfor -%}
        summed.changes
    from summed
    {% for name, day in [('closing', 'month_end'), ('opening', 'previous_end'), ('opening_3m', 'end_3m')] -%}
        left join rates as {{ name }}
            on
                summed.{{ day }} = {{ name }}.date_day
                and summed.currency_code = {{ name }}.currency_code
    {% endfor %}

)

select * from converted
