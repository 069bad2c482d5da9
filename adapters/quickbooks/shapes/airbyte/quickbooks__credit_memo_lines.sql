with lines as (
    select
        "Id" as credit_memo_id,
        _id_prefix,
        unnest(cast("Line" as json[])) as line
    from {{ source('quickbooks', 'credit_memos') }}
)

select
    credit_memo_id,
    _id_prefix || (line ->> '$.SalesItemLineDetail.ItemAccountRef.value') as account_id,
    _id_prefix || (line ->> '$.SalesItemLineDetail.ItemRef.value') as item_id
from lines
