-- Rows whose payment contradicts their amount.
select
    _file,
    _row,
    'paid_amount' as field,
    currency_code || ' ' || in_words(paid_amount) || ' of ' || in_words(amount) as cell,
    case
        when paid_date is null then 'a paid_date beside an amount that was paid'
        else 'an amount with the sign of the invoice''s'
    end as expected,
    'Fill in the day of the payment, correct the amount, or leave paid_amount out of the mapping.' as advice
from {{ source('flat', 'rows') }}
where (paid_amount <> 0 and paid_date is null) or paid_amount * amount < 0
