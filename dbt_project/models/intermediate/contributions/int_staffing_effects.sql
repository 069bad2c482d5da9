with

members as (

    select * from {{ ref('int_account_members') }}

),

account_movements as (

    select * from {{ ref('int_account_movements') }}

),

months as (

    select * from {{ ref('int_months') }}

),

measured as (

    select
        members.month_end,
        members.level,
        members.scope,
        members.team,
        members.employee_id,
        months.month_number,
        cast(members.active_accounts as double) as numerator,
        cast(members.fte_days as double) / months.days as average_fte,
        cast(members.headcount as double) as headcount,
        cast(coalesce(account_movements.active_accounts_change, 0) as double) as became_active
    from members
    inner join months on members.month_end = months.month_end
    left join account_movements
        on
            members.scope = account_movements.scope
            and members.month_end = account_movements.month_end

),

stacked as (

    {% for kpi_id, denominator in [('accounts_per_employee', 'average_fte'), ('accounts_per_head', 'headcount')] -%}
        select
            *,
            '{{ kpi_id }}' as kpi_id,
            {{ denominator }} as denominator
        from measured
        {%- if not loop.last %}
            union all
        {% endif -%}
    {%- endfor %}

),

-- A team or employee that was not there a month before has no previous value.
paired as (

    select
        stacked.*,
        previous.numerator as previous_numerator,
        previous.denominator as previous_denominator,
        case when stacked.denominator > 0 then 1 / stacked.denominator end as per_unit,
        case when previous.denominator > 0 then 1 / previous.denominator end as previous_per_unit
    from stacked
    left join stacked as previous
        on
            stacked.kpi_id = previous.kpi_id
            and stacked.scope = previous.scope
            and stacked.month_number - 1 = previous.month_number

),

-- Sales make accounts active. All other changes of accounts, and all changes of people, are staffing.
final as (

    select
        month_end,
        level,
        scope,
        team,
        employee_id,
        kpi_id,
        numerator * per_unit as value,
        previous_numerator * previous_per_unit as previous_value,
        became_active * (per_unit + previous_per_unit) / 2 as new_sales,
        (numerator - previous_numerator - became_active) * (per_unit + previous_per_unit) / 2
        + (per_unit - previous_per_unit) * (numerator + previous_numerator) / 2 as staffing
    from paired

)

select * from final
