{%- set sources = {
    'cash_days': [
        'cash_applied', 'cash_days_to_pay', 'cash_applied_with_due_date', 'cash_days_late', 'cash_days_to_pay_received',
        'cash_days_late_received',
    ],
    'paid_invoices': ['paid_invoices', 'days_to_pay', 'paid_invoices_with_due_date', 'days_late'],
    'disputes': [
        'disputes_opened', 'disputed_opened', 'disputes_closed', 'days_to_close', 'disputes_open', 'disputed_open',
    ],
} -%}

with

receivables as (

    select * from {{ ref('int_receivables_monthly') }}

),

cash_days as (

    select * from {{ ref('int_cash_days_monthly') }}

),

paid_invoices as (

    select * from {{ ref('int_paid_invoices_monthly') }}

),

disputes as (

    select * from {{ ref('int_disputes_monthly') }}

),

landed_tables as (

    select * from {{ ref('int_landed_tables') }}

),

-- Every month, company and segment that has receivables, with zeros where nothing happened, and nulls where nothing is
-- known.
joined as (

    select
        receivables.month_end,
        receivables.company_id,
        {% for source, measures in sources.items() -%}
            {% for measure in measures -%}
                {% if source == 'disputes' -%}
                    case
                        when landed_tables.has_disputes then coalesce(disputes.{{ measure }}, 0)
                    end as {{ measure }},
                {% else -%}
                    coalesce({{ source }}.{{ measure }}, 0) as {{ measure }},
                {% endif -%}
            {% endfor -%}
        {% endfor -%}
        receivables.segment
    from receivables
    left join cash_days
        on
            receivables.month_end = cash_days.month_end
            and receivables.company_id = cash_days.company_id
            and receivables.segment = cash_days.segment
    left join paid_invoices
        on
            receivables.month_end = paid_invoices.month_end
            and receivables.company_id = paid_invoices.company_id
            and receivables.segment = paid_invoices.segment
    left join disputes
        on
            receivables.month_end = disputes.month_end
            and receivables.company_id = disputes.company_id
            and receivables.segment = disputes.segment
    cross join landed_tables

),

final as (

    select
        month_end,
        {% for measures in sources.values() -%}
            {% for measure in measures -%}
                sum({{ measure }}) as {{ measure }},
            {% endfor -%}
        {% endfor -%}
        case
            when grouping(company_id) = 1 and grouping(segment) = 1 then 'portfolio'
            when grouping(segment) = 1 then 'company:' || company_id
            when grouping(company_id) = 1 then 'segment:' || segment
            else 'company_segment:' || company_id || '|' || segment
        end as scope
    from joined
    group by grouping sets (
        (month_end),
        (month_end, company_id),
        (month_end, segment),
        (month_end, company_id, segment)
    )

)

select * from final
