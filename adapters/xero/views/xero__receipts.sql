-- A row a receipt. One whose payments were all deleted is reversed as a whole.
with payments as (
    select * from {{ ref('xero__invoice_payments') }}
)

select
    receipt_id,
    company_id,
    customer_id,
    currency_code,
    company_currency_code,
    min(payment_date) as receipt_date,
    max(exchange_rate) as exchange_rate,
    sum(amount) as amount,
    min(reference) as reference,
    case when count(undone_date) = count(*) then max(undone_date) end as reversed_date,
    cast(0 as decimal(18, 4)) as open_amount,
    max(updated_at) as updated_at,
    false as is_deleted
from payments
group by receipt_id, company_id, customer_id, currency_code, company_currency_code

union all

select
    document_id,
    company_id,
    customer_id,
    currency_code,
    company_currency_code,
    document_date,
    exchange_rate,
    amount,
    reference,
    voided_date,
    open_amount,
    updated_at,
    is_deleted
from {{ ref('xero__receivables') }}
where kind = 'receipt' and (is_posted or is_deleted)
