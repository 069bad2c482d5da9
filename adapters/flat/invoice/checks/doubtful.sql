-- Rows whose dates can't both be right, and payments of another amount than the invoice's.
select
    _file,
    _row,
    'paid_date' as field,
    paid_date || ', invoice of ' || invoice_date as cell,
    'paid before the day of the invoice' as says
from {{ source('flat', 'rows') }}
where paid_date < invoice_date

union all

select
    _file,
    _row,
    'due_date',
    due_date || ', invoice of ' || invoice_date,
    'due before the day of the invoice'
from {{ source('flat', 'rows') }}
where due_date < invoice_date

union all

select
    _file,
    _row,
    'paid_amount',
    currency_code || ' ' || in_words(paid_amount) || ' of ' || in_words(amount),
    'paid in part: all that was paid counts on this one day, so days to pay go by the list (rule parts_as_one)'
from {{ source('flat', 'rows') }}
where paid_date is not null and paid_amount > 0 and paid_amount < amount

union all

select
    _file,
    _row,
    'paid_amount',
    currency_code || ' ' || in_words(paid_amount) || ' of ' || in_words(amount),
    case
        when amount > 0 then 'paid more than the amount: what is too much stays unapplied'
        when amount < 0 then 'paid more than the amount: of a credit memo only its amount is paid back'
        else 'paid more than the amount, which is 0: the payment isn''t landed'
    end
from {{ source('flat', 'rows') }}
where paid_date is not null and abs(paid_amount) > abs(amount)
