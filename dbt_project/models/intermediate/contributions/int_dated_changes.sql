{{ config(materialized='view') }}
{%- set measures = [
    'receivables', 'open_invoices', 'past_due_receivables', 'serious_receivables', 'net_credit_sales',
] %}

with

increments as (

    select * from {{ ref('int_dated_increments') }}

),

-- A day on which nothing is left of what once was there has no row.
final as (

    select
        company_id,
        segment,
        currency_code,
        cause,
        date_day,
        {% for measure in measures -%}
            cast(sum({{ measure }}) as decimal(18, 4)) as {{ measure }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from increments
    group by company_id, segment, currency_code, cause, date_day
    having
        {% for measure in measures -%}
            {% if not loop.first %}or {% endif %}sum({{ measure }}) <> 0
        {% endfor %}

)

select * from final
