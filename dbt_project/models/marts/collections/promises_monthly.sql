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
        landed_tables.has_promises and landed_tables.has_receipts as has_landed
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
        cast(promises_made as bigint) as promises_made,
        cast(promises_due as bigint) as promises_due,
        cast(promises_kept as bigint) as promises_kept,
        cast(promised_amount as decimal(18, 4)) as promised_amount,
        cast(kept_amount as decimal(18, 4)) as kept_amount,
        case when has_landed and promises_due > 0 then cast(promises_kept as double) / promises_due end
            as promise_kept_rate,
        case
            when has_landed and promised_amount > 0
                then cast(kept_amount as double) / cast(promised_amount as double)
        end as promise_kept_rate_amount,
        case
            when not has_landed then 'no_data'
            when promises_due = 0 then 'no_promises_due'
        end as reason,
        case
            when not has_landed then 'no_data'
            when promised_amount <= 0 then 'no_promises_due'
        end as reason_amount,
        is_complete
    from measured

)

select * from final
