with

effort as (

    select * from {{ ref('int_effort_levels') }}

),

landed_tables as (

    select * from {{ ref('int_landed_tables') }}

),

months as (

    select * from {{ ref('int_months') }}

),

measured as (

    select
        effort.*,
        months.is_complete,
        landed_tables.has_activities,
        landed_tables.has_promises
    from effort
    inner join months on effort.month_end = months.month_end
    cross join landed_tables

),

final as (

    select
        month_end,
        level,
        scope,
        team,
        employee_id,
        cast(outbound_calls as bigint) as outbound_calls,
        cast(right_party_contacts as bigint) as right_party_contacts,
        cast(promises_made as bigint) as promises_made,
        cast(cash_received as decimal(18, 4)) as cash_received,
        case when has_promises and outbound_calls > 0 then cast(promises_made as double) / outbound_calls end
            as call_to_promise_ratio,
        case when outbound_calls > 0 then cast(right_party_contacts as double) / outbound_calls end
            as right_party_contact_rate,
        case
            when not has_activities then 'no_data'
            when outbound_calls = 0 then 'no_calls'
        end as reason,
        case
            when not has_activities or not has_promises then 'no_data'
            when outbound_calls = 0 then 'no_calls'
        end as reason_promises,
        is_complete
    from measured

)

select * from final
