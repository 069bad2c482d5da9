select
    coalesce(activity_id, 'line ' || _row || ' of ' || parse_filename(_file)) as promise_id,
    coalesce(activity_id, 'line ' || _row || ' of ' || parse_filename(_file)) as activity_id,
    customer_id,
    employee_id,
    invoice_id,
    cast(occurred_at as date) as made_date,
    promise_due_date as due_date,
    promise_amount as amount,
    promise_currency as currency_code
from {{ source('flat', 'rows') }}
where promise_due_date is not null and promise_amount is not null
