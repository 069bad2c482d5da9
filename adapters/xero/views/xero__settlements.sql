-- A row a use of a credit note, an overpayment or a prepayment to settle an invoice.
with allocations as (
    select
        *,
        -- Allocations have no number everywhere: they are counted by invoice.
        row_number() over (
            partition by document_type, document_id, invoice_id
            order by allocated_date, amount
        ) as place
    from {{ ref('xero__allocations') }}
),

receivables as (
    select * from {{ ref('xero__receivables') }}
)

select
    allocations.document_id || '-' || allocations.invoice_id || '-' || allocations.place as settlement_id,
    receivables.kind,
    allocations.document_id,
    allocations.invoice_id,
    coalesce(allocations.allocated_date, receivables.document_date) as allocated_date,
    allocations.amount,
    receivables.updated_at
from allocations
inner join receivables
    on allocations.document_type = receivables.document_type and allocations.document_id = receivables.document_id
where receivables.is_posted and allocations.amount <> 0
