with documents as (
    select * from {{ ref('xero__documents') }}
),

receivables as (
    select * from {{ ref('xero__receivables') }}
),

payments as (
    select
        payments.*,
        receivables.document_id as receivable_id,
        documents.document_id as known_id
    from {{ ref('xero__payments') }} as payments
    left join receivables
        on payments.document_type = receivables.document_type and payments.document_id = receivables.document_id
    left join documents
        on payments.document_type = documents.document_type and payments.document_id = documents.document_id
)

select
    documents.document_type as source_table,
    documents.document_id as source_id,
    case
        when receivables.document_id is null then 'of a supplier (' || documents.xero_type || ')'
        when receivables.is_deleted then 'deleted there: a tombstone, if it was landed before'
        else 'not issued yet (' || documents.status || ')'
    end as reason
from documents
left join receivables
    on documents.document_type = receivables.document_type and documents.document_id = receivables.document_id
where receivables.document_id is null or not receivables.is_posted

union all

select
    'payment',
    payment_id,
    case
        when document_id is null then 'of no document'
        when known_id is null then 'of a document that is not there'
        when receivable_id is null then 'to or from a supplier'
        else 'of amount 0'
    end
from payments
where receivable_id is null or amount = 0

union all

select
    'contact',
    contact_id,
    'no customer: nothing was sold to it'
from {{ ref('xero__contacts') }}
where is_customer is not true and contact_id not in (
    select receivables.customer_id from receivables
    where receivables.customer_id is not null
)
