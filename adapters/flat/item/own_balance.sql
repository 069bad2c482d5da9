-- An item is open with all of its amount until it is cleared.
select
    kind as document_type,
    item_id as document_id,
    currency_code,
    case when clearing_id is null then amount else 0 end as open_amount
from {{ ref('flat__items') }}
