-- Guards: the values of each declared dimension, `(none)` among them, add up to daily receivables, bucket by bucket.
-- Why it matters: a document that no value has, or two have, makes a salesperson's debts wrong unseen.
-- A row is a dimension, month, company, segment and currency where they don't. The view is large: it is read in builds
-- of all rows only; every day the key of document_dimensions says that a document has one value of a dimension.
{%- set sums = ['receivables', 'unapplied_credits'] -%}
{%- for bucket in var('aging_bucket_ids') -%}{%- do sums.append('aging_' ~ bucket) -%}{%- endfor %}
with

declared as (

    select * from {{ ref('dim_declared_dimensions') }}

),

aging as (

    select * from {{ ref('aging_by_dimension_monthly') }}

),

days as (

    select * from {{ ref('receivables_daily') }}

),

months as (

    select * from {{ ref('dim_months') }}

),

summed as (

    select
        month_end,
        dimension,
        company_id,
        segment,
        currency_code,
        {% for column in sums -%}
            sum({{ column }}) as {{ column }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from aging
    group by month_end, dimension, company_id, segment, currency_code

),

by_day as (

    select
        months.month_end,
        days.company_id,
        days.segment,
        days.currency_code,
        days.closing_balance as receivables,
        days.unapplied_credits,
        {% for bucket in var('aging_bucket_ids') -%}
            days.aging_{{ bucket }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from days
    inner join months on days.date_day = months.balance_date

),

expected as (

    select
        by_day.*,
        declared.dimension
    from by_day
    cross join declared

)

select
    expected.month_end,
    expected.dimension,
    expected.company_id,
    expected.segment,
    expected.currency_code,
    expected.receivables,
    summed.receivables as receivables_of_values
from expected
left join summed
    on
        expected.month_end = summed.month_end
        and expected.dimension = summed.dimension
        and expected.company_id = summed.company_id
        and expected.segment = summed.segment
        and expected.currency_code = summed.currency_code
where
    (
        {%- for column in sums %}
            expected.{{ column }} <> coalesce(summed.{{ column }}, 0)
            {%- if not loop.last %}
                or
            {%- endif %}
        {%- endfor %}
    )
    {% if increments() -%}
        and false
    {%- endif %}
