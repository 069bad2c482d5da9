-- A row an application: of a payment's documents, in the order of its lines, each credit settles what those before it
-- have left of the debits.
with links as (
    select * from {{ ref('quickbooks__links') }}
),

transactions as (
    select * from {{ ref('quickbooks__transactions') }}
)

select
    debits.payment_id || '-' || debits.place || '-' || credits.place as pair_id,
    debits.kind as debit_kind,
    debits.document_id as debit_id,
    credits.kind as credit_kind,
    credits.document_id as credit_id,
    payments.transaction_date,
    least(debits.amount_so_far, credits.amount_so_far)
    - greatest(debits.amount_so_far - debits.amount, credits.amount_so_far - credits.amount) as amount,
    payments.updated_at,
    payments.is_deleted
from links as debits
inner join links as credits
    on
        debits.payment_id = credits.payment_id
        and debits.amount_so_far - debits.amount < credits.amount_so_far
        and credits.amount_so_far - credits.amount < debits.amount_so_far
inner join transactions as payments
    on debits.payment_id = payments.transaction_id and payments.transaction_type = 'payment'
where debits.side = 'debit' and credits.side = 'credit'

union all

select
    transaction_id || '-deposit',
    'invoice',
    transaction_id,
    'receipt',
    transaction_id || '-deposit',
    transaction_date,
    deposit_amount,
    updated_at,
    is_deleted
from transactions
where deposit_amount > 0
