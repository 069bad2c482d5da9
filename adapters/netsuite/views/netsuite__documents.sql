-- A row a document that is landed; of a deleted one little more than its id may be left.
with transactions as (
    select * from {{ ref('netsuite__transactions') }}
),

currencies as (
    select * from {{ source('netsuite', 'currency') }}
)

select
    transactions.id,
    transactions.document_id,
    transactions.kind,
    coalesce(subsidiaries.id, transactions._company_id) as company_id,
    transactions.customer_id,
    transactions.tranid as document_no,
    transactions.trandate as document_date,
    transactions.duedate as due_date,
    currencies.symbol as currency_code,
    abs(transactions.amount) as amount,
    transactions.exchangerate as exchange_rate,
    abs(case when transactions.amount > 0 then transactions.unpaid else transactions.unused end) as source_open_amount,
    transactions.otherrefnum as reference,
    case when transactions.is_voided then transactions.trandate end as voided_date,
    transactions.is_voided,
    coalesce(transactions._fivetran_deleted, false) as is_deleted,
    transactions.lastmodifieddate as updated_at
from transactions
left join currencies on transactions.currency = currencies.id
left join {{ source('netsuite', 'subsidiary') }} as subsidiaries on transactions.subsidiary = subsidiaries.id
where
    transactions._fivetran_deleted
    or (
        transactions.kind is not null
        and transactions.posting
        and transactions.customer_id is not null
    )
