-- A row a document that a payment settles (debit) or settles with (credit): what its lines link, and its own cash,
-- which comes last. A payment of 0 applies credits to invoices.
with payments as (
    select *
    from {{ ref('quickbooks__transactions') }}
    where transaction_type = 'payment'
),

lines as (
    select
        lines.*,
        payments.customer_id
    from {{ ref('quickbooks__payment_lines') }} as lines
    inner join payments on lines.payment_id = payments.transaction_id
),

documents as (
    select * from {{ ref('quickbooks__documents') }}
),

posted as (
    -- A link names the journal, not its line: the one of the payment's customer, or else of that amount.
    select
        lines.payment_id,
        lines.line_no,
        lines.amount,
        ar_lines.side,
        ar_lines.kind,
        ar_lines.document_id,
        row_number() over (
            partition by lines.payment_id, lines.line_no, lines.linked_id
            order by
                case when ar_lines.customer_id = lines.customer_id then 0 else 1 end,
                abs(ar_lines.amount - lines.amount),
                ar_lines.side,
                ar_lines.document_id
        ) as place
    from lines
    inner join {{ ref('quickbooks__ar_lines') }} as ar_lines
        on lines.linked_type = ar_lines.linked_type and lines.linked_id = ar_lines.linked_id
),

links as (
    select
        payment_id,
        line_no,
        amount,
        'debit' as side,
        linked_type as kind,
        linked_id as document_id
    from lines
    where linked_type in ('invoice', 'refund')

    union all

    select
        lines.payment_id,
        lines.line_no,
        lines.amount,
        'credit',
        documents.kind,
        lines.linked_id
    from lines
    inner join documents
        on
            lines.linked_id = documents.document_id
            and documents.kind in ('credit_memo', 'write_off', 'discount')
    where lines.linked_type = 'credit_memo'

    union all

    select
        payment_id,
        line_no,
        amount,
        side,
        kind,
        document_id
    from posted
    where place = 1

    union all

    select
        transaction_id,
        null,
        amount,
        'credit',
        'receipt',
        transaction_id as linked_id
    from payments
)

select
    payment_id,
    side,
    case when kind in ('opening_balance', 'debit_memo') then 'invoice' else kind end as kind,
    document_id,
    row_number() over (partition by payment_id, side order by line_no nulls last, kind, document_id) as place,
    amount,
    sum(amount) over (partition by payment_id, side order by line_no nulls last, kind, document_id) as amount_so_far
from links
where amount > 0
