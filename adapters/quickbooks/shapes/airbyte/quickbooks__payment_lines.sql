-- A row a link of a payment's line: a line may link an invoice and the credit memo that pays it. Lines are counted
-- from 0, as Fivetran does.
with lines as (
    select
        "Id" as payment_id,
        _id_prefix,
        generate_subscripts(cast("Line" as json[]), 1) - 1 as line_no,
        unnest(cast("Line" as json[])) as line
    from {{ source('quickbooks', 'payments') }}
),

links as (
    select
        payment_id,
        _id_prefix,
        line_no,
        cast(line ->> '$.Amount' as decimal(18, 4)) as amount,
        unnest(cast(line -> '$.LinkedTxn' as json[])) as link
    from lines
)

select
    payment_id,
    line_no,
    amount,
    case link ->> '$.TxnType'
        when 'Invoice' then 'invoice'
        when 'CreditMemo' then 'credit_memo'
        when 'JournalEntry' then 'journal_entry'
        when 'Deposit' then 'deposit'
        when 'Check' then 'refund'
        when 'Expense' then 'refund'
        when 'CreditCardCharge' then 'refund'
        else 'other'
    end as linked_type,
    _id_prefix || (link ->> '$.TxnId') as linked_id
from links
