select
    rate_date,
    from_currency,
    to_currency,
    rate
from {{ source('flat', 'rows') }}
