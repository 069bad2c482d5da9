select
    pair_id as reversal_id,
    credit_id as receipt_id,
    pair_date as reversal_date,
    source_amount as amount,
    updated_at
from {{ ref('odoo__pairs') }}
where debit_kind = 'reversal' and credit_kind = 'receipt'
