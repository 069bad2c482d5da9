with lines as (
    select
        *,
        unnest(cast("Line" as json[])) as line
    from {{ source('quickbooks', 'journal_entries') }}
)

select
    _company_id,
    "Id" as journal_id,
    _id_prefix || (line ->> '$.JournalEntryLineDetail.AccountRef.value') as account_id,
    _id_prefix || (line ->> '$.JournalEntryLineDetail.Entity.EntityRef.value') as customer_id,
    lower(line ->> '$.JournalEntryLineDetail.PostingType') as side,
    cast(line ->> '$.Amount' as decimal(18, 4)) as amount,
    "DocNumber" as document_no,
    "TxnDate" as transaction_date,
    "CurrencyRef.value" as currency_code,
    "ExchangeRate" as exchange_rate,
    "MetaData.LastUpdatedTime" as updated_at,
    false as is_deleted
from lines
