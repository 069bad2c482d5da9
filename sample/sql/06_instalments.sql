-- Invoices due in three or four parts a month apart; the last part takes what rounding leaves.
create table made.instalments as
with parts as (
    select
        fates.*, whole(invoice_id, 'instalments', 3, 4) as part_count, nth.n as part
    from made.fates as fates
    inner join (select unnest([1, 2, 3, 4]) as n) as nth on nth.n <= whole(fates.invoice_id, 'instalments', 3, 4)
    where fates.fate = 'instalments'
)

select
    invoice_id, part, customer_id, company_id, currency_code, payer_id, paying_currency, invoice_date,
    invoice_id || '-' || part as instalment_id,
    (expected_date + 30 * (part - 1))::date as due_date,
    case when part < part_count then money(amount / part_count, currency_code)
        else amount - (part_count - 1) * money(amount / part_count, currency_code) end as amount,
    working_day(greatest(invoice_date + 2, expected_date + 30 * (part - 1) + (pay_date - expected_date)::integer
        + whole(invoice_id || part, 'instalment-delay', -3, 8))) as pay_date
from parts;
