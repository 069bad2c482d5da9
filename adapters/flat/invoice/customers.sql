-- Of a customer's rows the newest says what it is called.
select
    customer_id,
    max_by(customer_name, invoice_date) as customer_name,
    max_by(segment, invoice_date) as segment,
    max_by(country_code, invoice_date) as country_code,
    mode(currency_code) as currency_code
from {{ source('flat', 'rows') }}
group by customer_id
