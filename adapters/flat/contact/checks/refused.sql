-- Promises without the currency of what was promised.
select
    _file,
    _row,
    'promise_currency' as field,
    'promised ' || in_words(promise_amount) as cell,
    'the currency of what was promised' as expected,
    'Fill it in, name its column, or give a constant.' as advice
from {{ source('flat', 'rows') }}
where promise_due_date is not null and promise_amount is not null and promise_currency is null
