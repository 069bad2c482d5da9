select
    dispute_id as reversal_id,
    charge_id as receipt_id,
    opened_date as reversal_date,
    amount,
    reason
from {{ ref('stripe__disputes') }}
where status = 'lost' and amount > 0
