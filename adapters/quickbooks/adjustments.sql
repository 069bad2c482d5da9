select
    pair_id as adjustment_id,
    debit_id as invoice_id,
    transaction_date as adjustment_date,
    credit_kind as adjustment_type,
    -amount as amount,
    updated_at,
    is_deleted
from {{ ref('quickbooks__pairs') }}
where debit_kind = 'invoice' and credit_kind in ('write_off', 'discount')
