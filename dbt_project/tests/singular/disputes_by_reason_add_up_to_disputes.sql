{%- set measures = [
    'disputes_opened', 'disputed_opened', 'disputes_reopened', 'disputed_reopened', 'disputes_closed', 'days_to_close',
    'disputes_open', 'disputed_open',
] -%}
-- Guards: a month's reasons add up to the company's disputes; each dispute has one reason at a time.
-- Why it matters: a list of deductions by reason that leaves some out, or has one twice, is no account of what is open.
-- A row is a month and company in which a figure differs, by more than rounding where it is an amount.
with

reasons as (

    select
        month_end,
        {% for measure in measures -%}
            sum({{ measure }}) as {{ measure }},
        {% endfor -%}
        company_id
    from {{ ref('disputes_by_reason_monthly') }}
    group by month_end, company_id

),

companies as (

    select * from {{ ref('disputes_monthly') }}
    where
        level = 'company'
        and disputes_opened is not null

)

select
    coalesce(companies.month_end, reasons.month_end) as month_end,
    {% for measure in measures -%}
        coalesce(companies.{{ measure }}, 0) - coalesce(reasons.{{ measure }}, 0) as {{ measure }}_missing,
    {% endfor -%}
    coalesce(companies.company_id, reasons.company_id) as company_id
from companies
full outer join reasons
    on
        companies.month_end = reasons.month_end
        and companies.company_id = reasons.company_id
where
    {% for measure in measures -%}
        abs(coalesce(companies.{{ measure }}, 0) - coalesce(reasons.{{ measure }}, 0)) > 0.001
        {% if not loop.last -%}
            or
        {% endif -%}
    {% endfor %}
