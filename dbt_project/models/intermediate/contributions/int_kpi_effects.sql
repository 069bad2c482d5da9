with

movements as (

    select * from {{ ref('int_kpi_movements') }}

),

measures as (

    select * from {{ ref('int_level_measures') }}

),

kpi_registry as (

    select * from {{ ref('kpi_registry') }}

),

-- The numerators and denominators of the marts, from unrounded measures. Countback DSO has no denominator.
rated as (

    select
        measures.month_end,
        measures.level,
        measures.scope,
        measures.company_id,
        measures.segment,
        kpi_registry.kpi_id,
        cast(kpi_registry.scale as double) as scale,
        {% for part in ['numerator', 'denominator'] -%}
            case kpi_registry.kpi_id
                {% for kpi in explained_ratios() -%}
                    when '{{ kpi.kpi_id }}' then cast({{ kpi[part] }} as double)
                {% endfor -%}
                when 'dso_countback' then cast({{ 'receivables' if part == 'numerator' else 'null' }} as double)
            end as {{ part }},
        {% endfor -%}
        cast(measures.dso_countback as double) as dso_countback
    from measures
    cross join kpi_registry

),

-- The value of one unit of the numerator: value = numerator x per_unit. Null if the value is null.
units as (

    select
        *,
        case
            when kpi_id = 'dso_countback' and numerator > 0 then dso_countback / numerator
            when kpi_id = 'dso_countback' then cast(0 as double)
            when denominator > 0 then scale / denominator
        end as per_unit
    from rated

),

paired as (

    select
        *,
        {% for column in ['numerator', 'denominator', 'per_unit'] -%}
            lag({{ column }}) over (partition by scope, kpi_id order by month_end asc nulls last)
                as previous_{{ column }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from units

),

-- In KPIs with days, the numerator is multiplied by them: the cause calendar changes the days, the other causes what is
-- multiplied. For countback DSO, the number of days for one unit of receivables depends on sales only.
moved as (

    select
        paired.*,
        movements.cause,
        case
            when movements.cause = 'calendar'
                then
                    (paired.numerator / movements.days + paired.previous_numerator / movements.previous_days) / 2
                    * (movements.days - movements.previous_days)
            else movements.numerator_change * (movements.days + movements.previous_days) / 2
        end as numerator_change,
        case
            when paired.kpi_id <> 'dso_countback'
                then -movements.denominator_change * paired.per_unit * paired.previous_per_unit / paired.scale
            when movements.cause = 'new_sales' then paired.per_unit - paired.previous_per_unit
            else 0
        end as per_unit_change
    from movements
    inner join paired
        on
            movements.month_end = paired.month_end
            and movements.scope = paired.scope
            and movements.kpi_id = paired.kpi_id

),

-- Each change is multiplied by the mean of the other factor's two values, so that the effects add up exactly. Null if
-- either value is null. A zero is set explicitly, because a credit balance times zero would be minus zero.
final as (

    select
        month_end,
        level,
        scope,
        company_id,
        segment,
        kpi_id,
        cause,
        numerator,
        previous_numerator,
        denominator,
        previous_denominator,
        case when per_unit = 0 then 0 else numerator * per_unit end as value,
        case when previous_per_unit = 0 then 0 else previous_numerator * previous_per_unit end as previous_value,
        numerator_change * (per_unit + previous_per_unit) / 2
        + per_unit_change * (numerator + previous_numerator) / 2 as effect
    from moved

)

select * from final
