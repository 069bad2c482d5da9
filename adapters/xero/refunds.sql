-- Payments of notes, overpayments and prepayments give money back.
select
    payments.payment_id as refund_id,
    case when receivables.kind = 'receipt' then receivables.document_id end as receipt_id,
    case when receivables.kind = 'credit_memo' then receivables.document_id end as credit_memo_id,
    payments.payment_date as refund_date,
    payments.amount,
    payments.updated_at,
    payments.status = 'DELETED' as is_deleted
from {{ ref('xero__payments') }} as payments
inner join {{ ref('xero__receivables') }} as receivables
    on payments.document_type = receivables.document_type and payments.document_id = receivables.document_id
where
    payments.document_type <> 'invoice'
    and payments.amount <> 0
    and receivables.kind in ('receipt', 'credit_memo')
