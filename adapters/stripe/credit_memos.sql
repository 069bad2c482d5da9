select
    credits.credit_id as credit_memo_id,
    documents.company_id,
    documents.customer_id,
    credits.invoice_id,
    credits.credit_date as credit_memo_date,
    credits.currency_code,
    credits.amount,
    credits.reason as reason_code,
    credits.voided_date
from {{ ref('stripe__credits') }} as credits
inner join {{ ref('stripe__documents') }} as documents on credits.invoice_id = documents.invoice_id
where credits.kind in ('applied', 'refunded')
