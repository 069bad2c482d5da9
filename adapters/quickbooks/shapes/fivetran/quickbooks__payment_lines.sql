-- A row a link of a payment's line: a line may link an invoice and the credit memo that pays it.
with lines as (
    select * from {{ source('quickbooks', 'payment_line') }}
),

links as (
    select
        payment_id,
        index,
        amount,
        'invoice' as linked_type,
        invoice_id as linked_id
    from lines
    union all
    select
        payment_id,
        index,
        amount,
        'credit_memo',
        credit_memo_id
    from lines
    union all
    select
        payment_id,
        index,
        amount,
        'journal_entry',
        journal_entry_id
    from lines
    union all
    select
        payment_id,
        index,
        amount,
        'deposit',
        deposit_id
    from lines
    union all
    select
        payment_id,
        index,
        amount,
        'refund',
        coalesce(check_id, expense_id, credit_card_charge_id)
    from lines
    union all
    select
        payment_id,
        index,
        amount,
        'other',
        credit_card_credit_id
    from lines
)

select
    payment_id,
    index as line_no,
    amount,
    linked_type,
    linked_id
from links
where linked_id is not null
