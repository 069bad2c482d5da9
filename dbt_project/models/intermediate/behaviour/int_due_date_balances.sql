{%- set measures = ['balance_change', 'paid', 'written_off', 'credited'] -%}

with

increments as (

    select * from {{ ref('int_due_date_increments') }}

),

-- A month in which nothing is left of what once changed has no row.
monthly as (

    select
        company_id,
        currency_code,
        due_date,
        due_key,
        month_end,
        {% for measure in measures -%}
            sum({{ measure }}) as {{ measure }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from increments
    group by
        company_id,
        currency_code,
        due_date,
        due_key,
        month_end
    having
        {% for measure in measures -%}
            {% if not loop.first %}or {% endif %}sum({{ measure }}) <> 0
        {% endfor %}

),

final as (

    select
        *,
        sum(balance_change) over (
            partition by company_id, currency_code, due_key order by month_end asc nulls last
            rows between unbounded preceding and current row
        ) as closing_balance,
        lead(month_end) over (
            partition by company_id, currency_code, due_key order by month_end asc nulls last
        ) as next_month_end
    from monthly

)

select * from final
