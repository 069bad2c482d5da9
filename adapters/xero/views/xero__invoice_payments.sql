-- A row a payment of a customer's invoice. Payments of a batch are one receipt a customer. A deleted payment keeps its
-- amount; the day it was changed last is the day it was undone.
with receivables as (
    select * from {{ ref('xero__receivables') }}
),

payments as (
    select * from {{ ref('xero__payments') }}
)

select
    payments.payment_id,
    case
        when payments.batch_payment_id is null then payments.payment_id
        else payments.batch_payment_id || '-' || receivables.customer_id
    end as receipt_id,
    receivables.document_id as invoice_id,
    receivables.company_id,
    receivables.company_currency_code,
    receivables.customer_id,
    receivables.currency_code,
    case
        when receivables.currency_code = receivables.company_currency_code then 1
        else cast(1 / nullif(payments.currency_rate, 0) as decimal(28, 12))
    end as exchange_rate,
    payments.payment_date,
    payments.amount,
    payments.reference,
    case
        when payments.status = 'DELETED' then greatest(cast(payments.updated_at as date), payments.payment_date)
    end as undone_date,
    payments.updated_at
from payments
inner join receivables
    on payments.document_type = receivables.document_type and payments.document_id = receivables.document_id
where payments.document_type = 'invoice' and payments.amount <> 0
