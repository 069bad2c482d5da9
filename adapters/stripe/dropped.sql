select
    'invoice' as source_table,
    invoice_id as source_id,
    case
        when coalesce(status, '') = 'draft' then 'draft'
        when status is null or status not in ('open', 'paid', 'uncollectible', 'void') then 'of no known status'
        when invoice_date is null then 'no day on which it was finalized'
        when customer_id is null then 'no customer'
        else 'credits the customer''s balance'
    end as reason
from {{ ref('stripe__invoices') }}
where
    not is_deleted
    and invoice_id not in (select documents.invoice_id from {{ ref('stripe__documents') }} as documents)

union all

select
    'charge',
    id,
    case
        when status <> 'succeeded' then status
        when captured is false then 'not captured'
        else 'no customer'
    end
from {{ source('stripe', 'charge') }}
where status <> 'succeeded' or captured is false or customer_id is null

union all

select
    'credit_note',
    credits.credit_id,
    case
        when documents.invoice_id is null then 'of an invoice that is not landed'
        else 'credited to the customer''s balance, or given back outside Stripe'
    end
from {{ ref('stripe__credits') }} as credits
left join {{ ref('stripe__documents') }} as documents on credits.invoice_id = documents.invoice_id
where documents.invoice_id is null or credits.kind = 'elsewhere'

union all

select
    'dispute',
    disputes.id,
    case
        when charges.charge_id is null then 'of a charge that is not landed'
        when charges.invoice_id is null then 'of a charge that paid no invoice'
        else 'closed, on a day that the source does not say'
    end
from {{ source('stripe', 'dispute') }} as disputes
left join {{ ref('stripe__charges') }} as charges on disputes.charge_id = charges.charge_id
where charges.invoice_id is null or disputes.status in ('won', 'lost', 'warning_closed')

union all

select
    'refund',
    refunds.id,
    case when refunds.status <> 'succeeded' then refunds.status else 'of a charge that is not landed' end
from {{ source('stripe', 'refund') }} as refunds
left join {{ ref('stripe__charges') }} as charges on refunds.charge_id = charges.charge_id
where refunds.status <> 'succeeded' or charges.charge_id is null
