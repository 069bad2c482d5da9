-- Stripe has open amounts of invoices alone; a lost chargeback opens one again that stays paid for Stripe, and what is
-- written off stays open there.
select
    'invoice' as document_type,
    documents.invoice_id as document_id,
    documents.currency_code,
    case
        when
            documents.status in ('open', 'paid')
            and documents.invoice_id not in (
                select disputes.invoice_id
                from {{ ref('stripe__disputes') }} as disputes
                where disputes.status = 'lost' and disputes.invoice_id is not null
            )
            then documents.amount_remaining
    end as open_amount
from {{ ref('stripe__documents') }} as documents
where not documents.is_deleted and documents.status <> 'void'

union all

select
    'receipt',
    charge_id,
    currency_code,
    null
from {{ ref('stripe__charges') }}

union all

select
    'credit_memo',
    credit_id,
    currency_code,
    null
from {{ ref('stripe__credits') }}
