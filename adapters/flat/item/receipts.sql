-- Payments of the list, and what an invoice was cleared with that isn't in it.
select
    item_id as receipt_id,
    company_id,
    customer_id,
    item_date as receipt_date,
    currency_code,
    exchange_rate,
    amount,
    reference
from {{ ref('flat__documents') }}
where kind = 'receipt'

union all

select
    'cleared:' || invoice_id || mark,
    company_id,
    customer_id,
    clearing_date,
    currency_code,
    null,
    amount,
    null
from {{ ref('flat__clearings') }}
where credit_kind = 'cleared'
