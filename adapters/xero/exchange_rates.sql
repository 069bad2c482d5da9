with rates as (
    select
        document_date as rate_date,
        currency_code,
        company_currency_code,
        exchange_rate
    from {{ ref('xero__receivables') }}
    where is_posted and document_type in ('invoice', 'credit_note')

    union all

    select
        receipt_date,
        currency_code,
        company_currency_code,
        exchange_rate
    from {{ ref('xero__receipts') }}
    where not is_deleted
)

select
    rate_date,
    currency_code as from_currency,
    company_currency_code as to_currency,
    cast(sum(exchange_rate) / count(*) as decimal(24, 12)) as rate
from rates
where {{ option('rates_from_documents') }} and currency_code <> company_currency_code and exchange_rate > 0
group by rate_date, currency_code, company_currency_code
