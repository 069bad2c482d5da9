select
    pair_id as adjustment_id,
    debit_id as invoice_id,
    pair_date as adjustment_date,
    credit_kind as adjustment_type,
    -amount as amount,
    updated_at
from {{ ref('odoo__pairs') }}
where debit_kind in ('invoice', 'debit_memo') and credit_kind in ('write_off', 'discount')
