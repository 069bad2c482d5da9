-- A row a document and what of it was settled: by its clearing, or by the day of a list that has less of it open. What
-- a customer's documents lost by one list settled each other; what is left was paid, or paid back, on its day.
select
    item_id,
    kind,
    is_debit,
    company_id,
    customer_id,
    currency_code,
    item_date,
    due_date,
    amount,
    clearing_id,
    clearing_date,
    '' as mark
from {{ ref('flat__items') }}
where clearing_id is not null and amount > 0

union all

select
    item_id,
    kind,
    kind = 'invoice' as is_debit,
    company_id,
    customer_id,
    currency_code,
    item_date,
    due_date,
    -change as amount,
    company_id || ':' || customer_id || ':' || currency_code as clearing_id,
    list_date as clearing_date,
    -- Each list settles by rows of its own.
    ':' || cast(list_date as varchar) as mark
from {{ ref('flat__changes') }}
where change < 0
