select
    credit_memo_id,
    sales_item_account_id as account_id,
    sales_item_item_id as item_id
from {{ source('quickbooks', 'credit_memo_line') }}
