select
    detail_no as application_id,
    case when credit_kind = 'receipt' then credit_entry_no end as receipt_id,
    case when credit_kind = 'credit_memo' then credit_entry_no end as credit_memo_id,
    debit_entry_no as invoice_id,
    posting_date as applied_date,
    amount,
    undone_date as unapplied_date
from {{ ref('bc__pairs') }}
where
    debit_kind in ('invoice', 'debit_memo', 'finance_charge')
    and credit_kind in ('receipt', 'credit_memo')
