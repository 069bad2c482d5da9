select
    detail_no as reversal_id,
    credit_entry_no as receipt_id,
    posting_date as reversal_date,
    amount
from {{ ref('bc__pairs') }}
where debit_kind = 'reversal' and credit_kind = 'receipt' and undone_date is null
