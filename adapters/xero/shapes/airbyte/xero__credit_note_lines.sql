with lines as (
    select
        "CreditNoteID" as credit_note_id,
        unnest(cast("LineItems" as json[])) as line
    from {{ source('xero', 'credit_notes') }}
)

select
    credit_note_id,
    line ->> '$.AccountCode' as account_code,
    line ->> '$.ItemCode' as item_code
from lines
