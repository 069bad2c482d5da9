{%- set sources = {
    'cash_days': [
        'cash_applied', 'cash_days_to_pay', 'cash_applied_with_due_date', 'cash_days_late', 'cash_days_to_pay_received',
        'cash_days_late_received'],
    'paid_invoices': ['paid_invoices', 'invoice_days_to_pay', 'paid_invoices_with_due_date', 'invoice_days_late'],
    'disputes': [
        'disputes_opened', 'disputed_opened', 'disputes_reopened', 'disputed_reopened', 'disputes_closed',
        'days_to_close', 'disputes_open', 'disputed_open'],
} -%}

with

receivables as (

    select * from {{ ref('int_receivables_monthly') }}

),

cash_days as (

    select
        {% for measure in sources['cash_days'] -%}
            sum({{ measure }}) as {{ measure }},
        {% endfor -%}
        month_end,
        company_id,
        segment
    from {{ ref('int_cash_days_monthly') }}
    group by month_end, company_id, segment

),

invoice_balances as (

    select * from {{ ref('int_invoice_balances') }}
    where paid_in_full_date is not null

),

invoices as (

    select * from {{ ref('int_invoices') }}

),

disputes as (

    select * from {{ ref('int_disputes_monthly') }}

),

landed_tables as (

    select * from {{ ref('int_landed_tables') }}

),

paid_invoices as (

    select
        cast({{ dbt.last_day('invoice_balances.paid_in_full_date', 'month') }} as date) as month_end,
        invoices.company_id,
        invoices.segment,
        count(*) as paid_invoices,
        sum({{ dbt.datediff('invoices.invoice_date', 'invoice_balances.paid_in_full_date', 'day') }})
            as invoice_days_to_pay,
        count(invoice_balances.last_due_date) as paid_invoices_with_due_date,
        coalesce(
            sum({{ dbt.datediff('invoice_balances.last_due_date', 'invoice_balances.paid_in_full_date', 'day') }}), 0
        ) as invoice_days_late
    from invoice_balances
    inner join invoices on invoice_balances.invoice_id = invoices.invoice_id
    group by
        cast({{ dbt.last_day('invoice_balances.paid_in_full_date', 'month') }} as date),
        invoices.company_id,
        invoices.segment

),

-- Every month, company and segment that has receivables: zeros if nothing happened, nulls if nothing is known.
joined as (

    select
        receivables.month_end,
        receivables.company_id,
        {% for source, measures in sources.items() -%}
            {% set nothing = 'case when landed_tables.has_disputes then 0 end' if source == 'disputes' else 0 -%}
            {% for measure in measures -%}
                coalesce({{ source }}.{{ measure }}, {{ nothing }}) as {{ measure }},
            {% endfor -%}
        {% endfor -%}
        receivables.segment
    from receivables
    {% for source in sources -%}
        left join {{ source }}
            on
                receivables.month_end = {{ source }}.month_end
                and receivables.company_id = {{ source }}.company_id
                and receivables.segment = {{ source }}.segment
    {% endfor -%}
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
        {{ scope_of() }} as scope
    from joined
    group by grouping sets (
        (month_end),
        (month_end, company_id),
        (month_end, segment),
        (month_end, company_id, segment)
    )

)

select * from final
