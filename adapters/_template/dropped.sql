-- Every row that is left out, with the reason.
select
    'invoice' as source_table,
    id as source_id,
    'an amount of zero or less' as reason
from {{ source('_template', 'invoice') }}
where total <= 0 and is_deleted is not true
