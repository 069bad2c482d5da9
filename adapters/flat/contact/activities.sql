select
    coalesce(activity_id, 'line ' || _row || ' of ' || parse_filename(_file)) as activity_id,
    occurred_at,
    customer_id,
    employee_id,
    invoice_id,
    channel,
    direction,
    outcome,
    duration_seconds
from {{ source('flat', 'rows') }}
