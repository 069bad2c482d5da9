-- The columns of journal lines: a deposit credits the accounts of its lines.
with lines as (
    select
        *,
        unnest(cast("Line" as json[])) as line
    from {{ source('quickbooks', 'deposits') }}
)

select
    _company_id,
    "Id" as journal_id,
    _id_prefix || (line ->> '$.DepositLineDetail.AccountRef.value') as account_id,
    _id_prefix || (line ->> '$.DepositLineDetail.Entity.value') as customer_id,
    'credit' as side,
    cast(line ->> '$.Amount' as decimal(18, 4)) as amount,
    cast(null as varchar) as document_no,
    "TxnDate" as transaction_date,
    "CurrencyRef.value" as currency_code,
    "ExchangeRate" as exchange_rate,
    "MetaData.LastUpdatedTime" as updated_at,
    false as is_deleted
from lines
