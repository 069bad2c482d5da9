select
    "Id" as account_id,
    "Name" as account_name,
    "AccountType" as account_type,
    "AccountSubType" as account_sub_type
from {{ source('quickbooks', 'accounts') }}
