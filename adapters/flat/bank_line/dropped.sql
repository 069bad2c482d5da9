select * from {{ source('flat', 'dropped') }}

union all

select
    'bank lines',
    receipt_id,
    'money that went out'
from {{ ref('flat__payments') }}
where amount <= 0
