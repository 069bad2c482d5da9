with

levels as (

    select * from {{ ref('int_receivables_levels') }}

),

behaviour as (

    select * from {{ ref('int_behaviour_levels') }}

),

joined as (

    select
        levels.month_end,
        levels.level,
        levels.scope,
        levels.company_id,
        levels.segment,
        levels.days,
        levels.is_complete,
        levels.invoiced,
        behaviour.disputes_opened,
        behaviour.disputed_opened,
        behaviour.disputes_reopened,
        behaviour.disputed_reopened,
        behaviour.disputes_closed,
        behaviour.days_to_close,
        behaviour.disputes_open,
        behaviour.disputed_open
    from levels
    inner join behaviour
        on
            levels.month_end = behaviour.month_end
            and levels.scope = behaviour.scope

),

final as (

    select
        month_end,
        level,
        scope,
        company_id,
        segment,
        days,
        cast(invoiced as decimal(18, 4)) as invoiced,
        cast(disputes_opened as bigint) as disputes_opened,
        cast(disputed_opened as decimal(18, 4)) as disputed_opened,
        cast(disputes_reopened as bigint) as disputes_reopened,
        cast(disputed_reopened as decimal(18, 4)) as disputed_reopened,
        cast(disputes_closed as bigint) as disputes_closed,
        cast(days_to_close as bigint) as days_to_close,
        cast(disputes_open as bigint) as disputes_open,
        cast(disputed_open as decimal(18, 4)) as disputed_open,
        case when invoiced > 0 then cast(disputed_opened as double) / cast(invoiced as double) end as dispute_rate,
        case when disputes_closed > 0 then cast(days_to_close as double) / disputes_closed end as dispute_days,
        case
            when disputed_opened > 0 then cast(disputed_open as double) / cast(disputed_opened as double) * days
        end as days_deductions_outstanding,
        case
            when disputed_opened is null then 'no_data'
            when invoiced <= 0 then 'no_sales'
        end as reason,
        case
            when disputes_closed is null then 'no_data'
            when disputes_closed = 0 then 'no_disputes_closed'
        end as reason_days,
        case
            when disputed_opened is null then 'no_data'
            when disputed_opened <= 0 then 'no_disputes_opened'
        end as reason_outstanding,
        is_complete
    from joined

)

select * from final
