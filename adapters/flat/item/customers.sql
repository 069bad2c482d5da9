select
    customer_id,
    max_by(customer_name, item_date) as customer_name,
    max_by(segment, item_date) as segment,
    mode(currency_code) as currency_code
from {{ ref('flat__items') }}
group by customer_id
