-- An invoice of which a list has more open than the landing holds: open again, or corrected.
select
    'more:' || item_id || ':' || cast(list_date as varchar) as adjustment_id,
    item_id as invoice_id,
    list_date as adjustment_date,
    'other' as adjustment_type,
    change as amount,
    'more is open by the list' as reason_code
from {{ ref('flat__changes') }}
where change > 0 and kind = 'invoice'
