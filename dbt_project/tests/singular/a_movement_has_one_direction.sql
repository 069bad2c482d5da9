-- Guards: all event types of a movement enter the roll-forward with the same sign, that of the movement.
-- Why it matters: adding movements by their direction would count some of them twice, or leave others out.
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
