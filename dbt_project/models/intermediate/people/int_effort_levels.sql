{%- set measures = [
    'outbound_calls', 'right_party_contacts', 'promises_made', 'promises_due', 'promises_kept', 'promised_amount',
    'kept_amount', 'cash_received',
] -%}

with

effort_facts as (

    select * from {{ ref('int_effort_facts') }}

),

-- A period without an end gets one: "or" in the condition of the join below would make it go pair by pair.
team_periods as (

    select
        employee_id,
        team,
        valid_from,
        coalesce(valid_to, cast('9999-12-31' as date)) as valid_to
    from {{ ref('int_team_periods') }}

),

months as (

    select * from {{ ref('int_months') }}

),

levels as (

    select 'portfolio' as level
    union all
    select 'team' as level
    union all
    select 'employee' as level

),

-- With the team of the day; what nobody is named for is the portfolio's alone.
teamed as (

    select
        months.month_end,
        team_periods.team,
        effort_facts.employee_id,
        effort_facts.measure,
        sum(effort_facts.amount) as amount
    from effort_facts
    inner join months on effort_facts.date_day between months.month_start and months.balance_date
    left join team_periods
        on
            effort_facts.employee_id = team_periods.employee_id
            and effort_facts.date_day between team_periods.valid_from and team_periods.valid_to
    group by
        months.month_end,
        team_periods.team,
        effort_facts.employee_id,
        effort_facts.measure

),

repeated as (

    select
        teamed.month_end,
        teamed.measure,
        teamed.amount,
        levels.level,
        case levels.level
            when 'portfolio' then 'portfolio'
            when 'team' then 'team:' || teamed.team
            else 'employee:' || teamed.employee_id
        end as scope,
        case when levels.level = 'team' then teamed.team end as level_team,
        case when levels.level = 'employee' then teamed.employee_id end as level_employee_id
    from teamed
    cross join levels

),

final as (

    select
        month_end,
        level,
        level_team as team,
        level_employee_id as employee_id,
        {% for measure in measures -%}
            sum(case when measure = '{{ measure }}' then amount else 0 end) as {{ measure }},
        {% endfor -%}
        scope
    from repeated
    where scope is not null
    group by
        month_end,
        level,
        level_team,
        level_employee_id,
        scope

)

select * from final
