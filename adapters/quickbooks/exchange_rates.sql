select
    transaction_date as rate_date,
    currency_code as from_currency,
    company_currency_code as to_currency,
    cast(sum(exchange_rate) / count(*) as decimal(24, 12)) as rate
from {{ ref('quickbooks__documents') }}
where
    {{ option('rates_from_documents') }}
    and currency_code <> company_currency_code
    and exchange_rate > 0
    and not is_deleted
    and not is_voided
group by transaction_date, currency_code, company_currency_code
