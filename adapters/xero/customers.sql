select
    contact_id as customer_id,
    customer_name,
    currency_code,
    payment_terms_days,
    case when not is_active then cast(updated_at as date) end as closed_date,
    updated_at
from {{ ref('xero__contacts') }}
where is_customer or contact_id in (select receivables.customer_id from {{ ref('xero__receivables') }} as receivables)
