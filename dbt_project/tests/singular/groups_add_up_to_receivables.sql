-- Guards: the groups at the top add up to the daily aging, bucket by bucket: at each month's end, and on the as-of day
-- in one line each.
-- Why it matters: a customer that is in no group would owe nothing, one in two would owe double.
-- A row is a month, or the as-of day, in which they differ. Each group is rounded to 0.0001: differences up to that are
-- allowed. The views are large, so only a build of all rows reads them: every day the gate looks whether each customer
-- is in one group at the top, and aging by customer is held against the daily one.
{%- set amounts = ['unapplied_credits'] %}
{%- for bucket in var('aging_bucket_ids') %}
    {%- do amounts.append('aging_' ~ bucket) %}
{%- endfor %}
with

aging as (

    select * from {{ ref('group_aging_monthly') }}
    where is_top

),

today as (

    select * from {{ ref('customer_groups') }}
    where is_top

),

receivables as (

    select * from {{ ref('receivables_daily') }}

),

months as (

    select * from {{ ref('dim_months') }}

),

grouped as (

    {% for relation, day in {'aging': 'balance_date', 'today': 'as_of_date'}.items() -%}
        select
            '{{ relation }}' as mart,
            {{ day }} as date_day,
            {% for amount in amounts -%}
                sum({{ amount }}) as {{ amount }},
            {% endfor -%}
            count(*) as group_count
        from {{ relation }}
        group by {{ day }}
        {% if not loop.last -%}
            union all
        {% endif -%}
    {% endfor %}

),

by_day as (

    select
        {% for amount in amounts -%}
            sum({{ in_reporting_currency(amount, 'exchange_rate') }}) as {{ amount }},
        {% endfor -%}
        date_day
    from receivables
    group by date_day

),

expected as (

    select
        'aging' as mart,
        balance_date
    from months
    union all
    select
        'today' as mart,
        max(balance_date) as balance_date
    from months

)

select
    expected.mart,
    expected.balance_date
from expected
inner join by_day on expected.balance_date = by_day.date_day
left join grouped
    on
        expected.mart = grouped.mart
        and expected.balance_date = grouped.date_day
where
    (
        {%- for amount in amounts %}
            abs(coalesce(grouped.{{ amount }}, 0) - by_day.{{ amount }})
            > 0.0001 * (1 + coalesce(grouped.group_count, 0))
            {%- if not loop.last %}
                or
            {%- endif %}
        {%- endfor %}
    )
    {% if increments() -%}
        and false
    {%- endif %}
