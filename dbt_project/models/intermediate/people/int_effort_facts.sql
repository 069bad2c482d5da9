with

called as (

    select * from {{ ref('int_calls_made') }}

),

fell_due as (

    select * from {{ ref('int_promises_due') }}

),

promises as (

    select * from {{ ref('int_promises') }}
    where made_date <= {{ as_of_date() }}

),

cash as (

    select * from {{ ref('int_cash_by_employee') }}

),

-- Everything people did or brought in, one measure after the other.
stacked as (

    select
        date_day,
        employee_id,
        'outbound_calls' as measure,
        1 as amount
    from called
    union all
    select
        date_day,
        employee_id,
        'right_party_contacts' as measure,
        right_party_contact as amount
    from called
    union all
    select
        made_date as date_day,
        employee_id,
        'promises_made' as measure,
        1 as amount
    from promises
    union all
    select
        date_day,
        employee_id,
        'promises_due' as measure,
        1 as amount
    from fell_due
    union all
    select
        date_day,
        employee_id,
        'promises_kept' as measure,
        promise_kept as amount
    from fell_due
    union all
    select
        date_day,
        employee_id,
        'promised_amount' as measure,
        promised_amount as amount
    from fell_due
    union all
    select
        date_day,
        employee_id,
        'kept_amount' as measure,
        kept_amount as amount
    from fell_due
    union all
    select
        date_day,
        employee_id,
        'cash_received' as measure,
        cash_received as amount
    from cash

),

final as (

    select
        date_day,
        employee_id,
        measure,
        sum(amount) as amount
    from stacked
    group by
        date_day,
        employee_id,
        measure

)

select * from final
