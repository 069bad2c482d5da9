{{ config(materialized='replaced_view') }}

with

worklist as (

    select * from {{ ref('collections_worklist') }}

),

activities as (

    select * from {{ ref('fct_activities') }}
    where direction = 'outbound'

),

steps as (

    select * from {{ ref('dim_dunning_steps') }}

),

arrears as (

    select
        *,
        cast({{ dbt.dateadd('day', '-oldest_past_due_days', 'as_of_date') }} as date) as oldest_due_date
    from worklist

),

-- Notices of debts that have been paid since don't count: only those after the oldest debt's due date.
noticed as (

    select
        arrears.customer_id,
        max(steps.level) as current_level,
        max(activities.activity_date) as last_notice_date
    from arrears
    inner join activities
        on
            arrears.customer_id = activities.customer_id
            and arrears.oldest_due_date < activities.activity_date
    inner join steps on activities.notice_type = steps.notice_type
    where coalesce(position(';' || activities.outcome || ';' in ';' || steps.failed_outcomes || ';'), 0) = 0
    group by arrears.customer_id

),

followed as (

    select
        arrears.customer_id,
        min(steps.level) as next_level
    from arrears
    left join noticed on arrears.customer_id = noticed.customer_id
    inner join steps on coalesce(noticed.current_level, 0) < steps.level
    group by arrears.customer_id

),

dated as (

    select
        arrears.*,
        coalesce(noticed.current_level, 0) as current_level,
        noticed.last_notice_date,
        steps.level as next_level,
        steps.step as next_step,
        steps.notice_type as next_notice_type,
        steps.minimum_amount,
        cast({{ dbt.dateadd('day', 'steps.days_past_due', 'arrears.oldest_due_date') }} as date) as late_enough_on,
        cast({{ dbt.dateadd('day', 'steps.days_since_last_notice', 'noticed.last_notice_date') }} as date)
            as waited_enough_on
    from arrears
    left join noticed on arrears.customer_id = noticed.customer_id
    left join followed on arrears.customer_id = followed.customer_id
    left join steps on followed.next_level = steps.level

),

explained as (

    select
        *,
        greatest(late_enough_on, coalesce(waited_enough_on, late_enough_on)) as next_step_date
    from dated

),

final as (

    select
        customer_id,
        as_of_date,
        priority,
        segment,
        reporting_currency_code,
        net_past_due,
        oldest_due_date,
        oldest_past_due_days,
        cast(current_level as integer) as current_level,
        last_notice_date,
        next_level,
        next_step,
        next_notice_type,
        next_step_date,
        case
            when next_level is null then 'no_step_left'
            when net_past_due = 0 then 'covered_by_credits'
            when net_past_due < minimum_amount then 'below_minimum'
            when next_promise_date is not null then 'promised'
            when next_step_date > as_of_date then 'not_yet'
            else 'due'
        end as status,
        next_promise_date,
        allowed_channels
    from explained

)

select * from final
