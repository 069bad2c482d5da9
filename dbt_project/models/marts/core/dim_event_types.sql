with

event_types as (

    select * from {{ ref('ledger_event_types') }}

),

final as (

    select
        event_type,
        movement,
        direction,
        is_undoing,
        is_taken_over,
        description
    from event_types

)

select * from final
