{#- For each measure of what employees do or collect: the rows that count, and what each adds. -#}
{%- set measures = {
    'outbound_calls': ['called', '1'],
    'right_party_contacts': ['called', 'case when is_right_party then 1 else 0 end'],
    'promises_made': ['promised', '1'],
    'promises_due': ['fell_due', '1'],
    'promises_kept': ['fell_due', 'case when is_kept then 1 else 0 end'],
    'promised_amount': ['fell_due', 'promised_amount'],
    'kept_amount': ['fell_due', 'kept_amount'],
    'cash_received': ['cash', 'cash_received'],
} -%}
{%- set no_end = "cast('9999-12-31' as date)" -%}

with

called as (

    select
        *,
        day_utc as date_day
    from {{ ref('int_contacts') }}
    where
        channel = 'phone'
        and direction = 'outbound'

),

promised as (

    select
        *,
        made_date as date_day
    from {{ ref('int_promises') }}
    where made_date <= {{ as_of_date() }}

),

fell_due as (

    select * from {{ ref('int_promises_due') }}

),

cash as (

    select * from {{ ref('int_cash_by_employee') }}

),

employees as (

    select * from {{ ref('stg_collections__employees') }}

),

-- If an employee's periods in teams overlap, the earlier one ends when the next begins, so that no fact counts twice.
-- Periods without an end get one, because an "or" in the condition of the join below would make it compare every pair
-- of rows.
teams as (

    select
        employee_id,
        coalesce(team, 'unassigned') as team,
        valid_from,
        coalesce(valid_to, {{ no_end }}) as valid_to,
        coalesce(
            lead(valid_from) over (partition by employee_id order by valid_from asc nulls last), {{ no_end }}
        ) as next_valid_from
    from employees

),

stacked as (

    {% for measure, (rows, quantity) in measures.items() -%}
        select
            date_day,
            employee_id,
            '{{ measure }}' as measure,
            {{ quantity }} as quantity
        from {{ rows }}
        {% if not loop.last -%}
            union all
        {% endif -%}
    {% endfor %}

),

summed as (

    select
        date_day,
        employee_id,
        measure,
        sum(quantity) as quantity
    from stacked
    group by date_day, employee_id, measure

),

final as (

    select
        summed.date_day,
        summed.employee_id,
        teams.team,
        summed.measure,
        summed.quantity
    from summed
    left join teams
        on
            summed.employee_id = teams.employee_id
            and summed.date_day >= teams.valid_from
            and summed.date_day <= teams.valid_to
            and summed.date_day < teams.next_valid_from

)

select * from final
