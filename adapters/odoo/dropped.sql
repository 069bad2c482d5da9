select
    'account_move' as source_table,
    id as source_id,
    case
        when state = 'draft' then 'draft'
        else move_type || ' is no document of a customer'
    end as reason
from {{ source('odoo', 'account_move') }}
where state = 'draft' or move_type not in ('out_invoice', 'out_refund', 'out_receipt', 'entry')

union all

select
    'account_move_line',
    line_id,
    'no customer'
from {{ ref('odoo__items') }}
where customer_id is null

union all

select
    'account_move_line',
    documents.document_id,
    'payment to a customer, reconciled with nothing'
from {{ ref('odoo__documents') }} as documents
where
    documents.kind in ('refund', 'reversal')
    and documents.voided_date is null
    and not exists (
        select 1 from {{ ref('odoo__pairs') }} as pairs
        where pairs.debit_id = documents.document_id
    )
