select
    settlement_id as adjustment_id,
    invoice_id,
    allocated_date as adjustment_date,
    kind as adjustment_type,
    -amount as amount,
    updated_at
from {{ ref('xero__settlements') }}
where kind in ('write_off', 'discount')
