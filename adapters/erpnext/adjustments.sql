-- Write-offs, and what a journal entry booked against an invoice without being a credit of its own.
select
    settlement_id as adjustment_id,
    settled_id as invoice_id,
    posting_date as adjustment_date,
    case when source_kind = 'write_off' and amount > 0 then 'write_off' else 'other' end as adjustment_type,
    -amount as amount,
    is_undone as is_deleted,
    updated_at
from {{ ref('erpnext__settlements') }}
where
    settled_kind in ('invoice', 'opening_balance', 'debit_memo')
    and (source_kind not in ('receipt', 'credit_memo') or amount < 0)
