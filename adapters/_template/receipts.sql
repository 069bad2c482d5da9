select
    id as receipt_id,
    _company_id as company_id,
    customer_id,
    payment_date as receipt_date,
    currency as currency_code,
    amount,
    is_deleted,
    updated_at
from {{ source('_template', 'payment') }}
