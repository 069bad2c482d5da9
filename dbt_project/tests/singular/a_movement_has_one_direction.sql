-- Guards: all event types of a movement enter the roll-forward with one sign, which is the movement's.
-- Why it would hurt: adding movements up by their direction would double some of them, or lose others.
-- A row is a movement with two directions.
with

event_types as (

    select * from {{ ref('dim_event_types') }}

)

select
    movement,
    min(direction) as one_direction,
    max(direction) as other_direction
from event_types
group by movement
having min(direction) <> max(direction)
