{%- set measures = [
    'outbound_calls', 'right_party_contacts', 'promises_made', 'promises_due', 'promises_kept', 'promised_amount',
    'kept_amount', 'cash_received',
] -%}

with

effort_facts as (

    select * from {{ ref('int_effort_facts') }}

),

months as (

    select * from {{ ref('int_months') }}

),

-- The portfolio has a row in every month, teams and employees only in months in which they did something.
dated as (

    select
        months.month_end,
        effort_facts.team,
        effort_facts.employee_id,
        effort_facts.measure,
        effort_facts.quantity
    from months
    left join effort_facts on effort_facts.date_day between months.month_start and months.balance_date

),

-- Rows without an employee count only for the portfolio.
final as (

    select
        month_end,
        {{ staff_level_of() }} as level,
        {{ staff_scope_of() }} as scope,
        team,
        employee_id,
        {% for measure in measures -%}
            sum(case when measure = '{{ measure }}' then quantity else 0 end) as {{ measure }}
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from dated
    group by grouping sets ((month_end), (month_end, team), (month_end, employee_id))
    having
        (grouping(team) = 1 or team is not null)
        and (grouping(employee_id) = 1 or employee_id is not null)

)

select * from final
