select * from {{ source('flat', 'dropped') }}

union all

select
    'bank lines',
    receipt_id,
    'money that went out'
from {{ ref('flat__payments') }}
where amount <= 0

union all

select
    'bank lines',
    receipt_id,
    'a line that stands in another file, too'
from {{ ref('flat__bank_lines') }}
where copy_number > 1
