-- A deleted payment of a batch of which others stand.
select
    payments.payment_id as reversal_id,
    payments.receipt_id,
    payments.undone_date as reversal_date,
    payments.amount,
    payments.updated_at
from {{ ref('xero__invoice_payments') }} as payments
inner join {{ ref('xero__receipts') }} as receipts on payments.receipt_id = receipts.receipt_id
where payments.undone_date is not null and receipts.reversed_date is null
