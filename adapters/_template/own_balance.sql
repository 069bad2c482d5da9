-- What the source itself says is open: `make adapter-check` compares it, document by document.
select
    'invoice' as document_type,
    id as document_id,
    currency as currency_code,
    balance as open_amount
from {{ source('_template', 'invoice') }}
where balance is not null and is_deleted is not true
