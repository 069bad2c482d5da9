select
    id as account_id,
    name as account_name,
    account_type,
    account_sub_type
from {{ source('quickbooks', 'account') }}
