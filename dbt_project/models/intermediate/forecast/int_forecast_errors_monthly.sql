with

frozen as (

    select * from {{ ref('int_published_forecasts') }}

),

months as (

    select * from {{ ref('int_months') }}

),

levels as (

    select * from {{ ref('int_receivables_levels') }}
    where level = 'company_segment'

),

spells as (

    select * from {{ ref('int_payment_spells') }}
    where is_paid

),

-- A payment that was dated by the day of the forecast and not known on it is scored on the day after.
scored as (

    select
        frozen.company_id,
        frozen.segment,
        case
            when spells.ended_on > frozen.as_of_date then spells.ended_on
            else {{ dbt.dateadd('day', 1, 'frozen.as_of_date') }}
        end as scored_on,
        abs(
            frozen.expected_days_late - {{ dbt.datediff('spells.due_date', 'spells.ended_on', 'day') }}
        ) as days_off
    from frozen
    inner join spells
        on
            frozen.invoice_id = spells.invoice_id
            and frozen.due_date = spells.due_date
    where
        frozen.expected_days_late is not null
        and frozen.as_of_date < {{ as_of_date() }}

),

-- What was frozen stays where it was, also where nobody is left in the segment.
members as (

    select
        company_id,
        segment
    from levels
    union distinct
    select
        company_id,
        segment
    from frozen

),

-- Every month has every member, whether something was scored or not.
stacked as (

    select
        months.month_end,
        members.company_id,
        members.segment,
        0 as forecasts_scored,
        0 as days_off
    from months
    cross join members
    union all
    select
        cast({{ dbt.last_day('scored_on', 'month') }} as date) as month_end,
        company_id,
        segment,
        1 as forecasts_scored,
        days_off
    from scored

),

final as (

    select
        month_end,
        company_id,
        segment,
        sum(forecasts_scored) as forecasts_scored,
        sum(days_off) as days_off
    from stacked
    group by
        month_end,
        company_id,
        segment

)

select * from final
