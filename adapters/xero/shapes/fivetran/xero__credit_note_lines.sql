select
    credit_note_id,
    account_code,
    item_code
from {{ source('xero', 'credit_note_line_item') }}
