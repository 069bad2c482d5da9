with

movements as (

    select * from {{ ref('int_kpi_movements') }}

),

units as (

    select * from {{ ref('int_kpi_units') }}

),

levels as (

    select * from {{ ref('int_receivables_levels') }}

),

kpi_registry as (

    select * from {{ ref('kpi_registry') }}

),

paired as (

    select
        *,
        lag(numerator) over (partition by scope, kpi_id order by month_end asc nulls last) as previous_numerator,
        lag(denominator) over (partition by scope, kpi_id order by month_end asc nulls last) as previous_denominator,
        lag(per_unit) over (partition by scope, kpi_id order by month_end asc nulls last) as previous_per_unit
    from units

),

-- Days are part of a numerator that is multiplied by them: they change with the calendar, the rest with its causes.
moved as (

    select
        movements.month_end,
        movements.scope,
        movements.kpi_id,
        movements.cause,
        case
            when movements.cause = 'calendar'
                then
                    (paired.numerator / movements.days + paired.previous_numerator / movements.previous_days) / 2
                    * (movements.days - movements.previous_days)
            else movements.numerator_change * (movements.days + movements.previous_days) / 2
        end as numerator_change,
        movements.denominator_change,
        paired.numerator,
        paired.previous_numerator,
        paired.denominator,
        paired.previous_denominator,
        paired.per_unit,
        paired.previous_per_unit
    from movements
    inner join paired
        on
            movements.month_end = paired.month_end
            and movements.scope = paired.scope
            and movements.kpi_id = paired.kpi_id

),

-- Countback has no denominator of its own: how many days a unit of receivables stands for follows from sales alone.
divided as (

    select
        moved.*,
        case
            when moved.kpi_id <> 'dso_countback'
                then
                    -moved.denominator_change * moved.per_unit * moved.previous_per_unit
                    / cast(kpi_registry.scale as double)
            when moved.cause = 'new_sales' then moved.per_unit - moved.previous_per_unit
            else 0
        end as per_unit_change
    from moved
    inner join kpi_registry on moved.kpi_id = kpi_registry.kpi_id

),

-- Each change at the mean of the other side's two values: nothing is left over. Null where either value is.
-- What is nothing is zero, not the minus zero that a credit balance times no days would be.
final as (

    select
        divided.month_end,
        levels.level,
        divided.scope,
        levels.company_id,
        levels.segment,
        divided.kpi_id,
        divided.cause,
        divided.numerator,
        divided.previous_numerator,
        divided.denominator,
        divided.previous_denominator,
        case when divided.per_unit = 0 then 0 else divided.numerator * divided.per_unit end as value,
        case when divided.previous_per_unit = 0 then 0 else divided.previous_numerator * divided.previous_per_unit end
            as previous_value,
        divided.numerator_change * (divided.per_unit + divided.previous_per_unit) / 2
        + divided.per_unit_change * (divided.numerator + divided.previous_numerator) / 2 as effect
    from divided
    inner join levels
        on
            divided.month_end = levels.month_end
            and divided.scope = levels.scope

)

select * from final
