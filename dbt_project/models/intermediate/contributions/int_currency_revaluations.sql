{%- set measures = ['receivables', 'open_invoices', 'past_due_receivables', 'serious_receivables'] -%}

with

movements as (

    select * from {{ ref('int_balance_movements') }}

),

months as (

    select * from {{ ref('int_months') }}

),

receivables as (

    select * from {{ ref('int_receivables_daily') }}

),

moved as (

    select
        company_id,
        segment,
        currency_code,
        month_end,
        {% for measure in measures -%}
            sum({{ measure }}_change) as {{ measure }}_change,
            sum({{ measure }}_change_reporting) as {{ measure }}_change_reporting{% if not loop.last %},{% endif %}
        {% endfor %}
    from movements
    group by
        company_id,
        segment,
        currency_code,
        month_end

),

closed as (

    select
        months.month_end,
        receivables.company_id,
        receivables.segment,
        receivables.currency_code,
        receivables.exchange_rate,
        receivables.closing_balance as receivables,
        receivables.open_invoices,
        {{ aging_of('past_due', 'receivables') }} as past_due_receivables,
        {{ aging_of('serious', 'receivables') }} as serious_receivables
    from receivables
    inner join months on receivables.date_day = months.balance_date

),

opened as (

    select
        month_end,
        company_id,
        segment,
        currency_code,
        exchange_rate,
        lag(exchange_rate) over by_month as opening_rate,
        {% for measure in measures -%}
            cast(coalesce(lag({{ measure }}) over by_month, 0) as decimal(18, 4)) as opening_{{ measure }}
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from closed
    window
        by_month as (partition by company_id, segment, currency_code order by month_end asc nulls last)

),

-- The effect of exchange rates: opening balance and changes at the closing rate, less the opening balance at the
-- opening rate and less each change at the rate of its day.
final as (

    select
        opened.month_end,
        opened.company_id,
        opened.segment,
        opened.currency_code,
        {% for measure in measures -%}
            {% set opening = 'opened.opening_' ~ measure -%}
            {% set closing = 'cast(' ~ opening ~ ' + coalesce(moved.' ~ measure ~ '_change, 0) as decimal(18, 4))' -%}
            {{ in_reporting_currency(closing, 'opened.exchange_rate') }}
            - {{ in_reporting_currency(opening, 'opened.opening_rate') }}
            - coalesce(moved.{{ measure }}_change_reporting, 0)
                as {{ measure }}_change{% if not loop.last %},{% endif %}
        {% endfor %}
    from opened
    left join moved
        on
            opened.company_id = moved.company_id
            and opened.segment = moved.segment
            and opened.currency_code = moved.currency_code
            and opened.month_end = moved.month_end

)

select * from final
