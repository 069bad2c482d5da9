-- Rows whose dates can't both be right.
select
    _file,
    _row,
    'clearing_date' as field,
    clearing_date || ', document of ' || item_date as cell,
    'cleared before the day of the document' as says
from {{ source('flat', 'rows') }}
where clearing_date < item_date

union all

select
    _file,
    _row,
    'due_date',
    due_date || ', document of ' || item_date,
    'due before the day of the document'
from {{ source('flat', 'rows') }}
where due_date < item_date
