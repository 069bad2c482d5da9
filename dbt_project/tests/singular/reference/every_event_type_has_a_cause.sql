-- Guards: every event type of the ledger has one cause, and the variable kpi_causes lists it.
-- Why it matters: events without a cause would be missing from every explanation.
-- A row is an event type that only one of the two seeds has, or whose cause the variable does not list.
with

event_types as (

    select * from {{ ref('ledger_event_types') }}

),

event_causes as (

    select * from {{ ref('ledger_event_causes') }}

)

select
    event_types.event_type as known,
    event_causes.event_type as with_cause,
    event_causes.cause
from event_types
full outer join event_causes on event_types.event_type = event_causes.event_type
where
    event_types.event_type is null
    or event_causes.event_type is null
    or event_causes.cause not in (
        {% for cause in var('kpi_causes') -%}
            '{{ cause }}'{{ ', ' if not loop.last }}
        {%- endfor %}
    )
