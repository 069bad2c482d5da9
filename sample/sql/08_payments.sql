-- What payers mean to send for which invoice, and when. Amounts in the invoice's currency.
create table made.payments as
with spelled as materialized (
    -- The payment that settles the invoice, or starts to.
    select
        invoice_id, 1 as part, company_id, payer_id, currency_code, paying_currency, invoice_date, pay_date,
        amount - left_out as amount, case fate when 'early' then left_out else 0 end as discount_amount, overpaid,
        fate = 'prepaid' as is_prepaid
    from made.fates
    where fate in ('cash_sale', 'prepaid', 'full', 'early', 'parts', 'small_short', 'deduction', 'return',
        'memo_voided', 'overpaid',
        'late_discount', 'corrected', 'interest')
    union all by name
    -- The rest of a payment in parts.
    select
        invoice_id, 2 as part, company_id, payer_id, currency_code, paying_currency, invoice_date,
        working_day(pay_date + whole(invoice_id, 'rest', 12, 45)) as pay_date, left_out as amount
    from made.fates where fate = 'parts'
    union all by name
    -- What a voided memo had covered.
    select
        fates.invoice_id, 3 as part, fates.company_id, fates.payer_id, fates.currency_code, fates.paying_currency,
        fates.invoice_date,
        working_day(greatest(fates.pay_date, memos.voided_date) + whole(fates.invoice_id, 'after-void', 8, 40))
            as pay_date,
        fates.left_out as amount
    from made.fates as fates
    inner join made.credit_memos as memos on fates.invoice_id = memos.invoice_id
    where fates.fate = 'memo_voided' and memos.voided_date is not null
    union all by name
    -- Disputes the customer lost or dropped.
    select
        fates.invoice_id, 4 as part, fates.company_id, fates.payer_id, fates.currency_code, fates.paying_currency,
        fates.invoice_date,
        working_day(disputes.closed_date
            + case disputes.resolution when 'paid' then 0 else whole(fates.invoice_id, 'after-dispute', 5, 40) end)
                as pay_date,
        disputes.amount
    from made.disputes as disputes
    inner join made.fates as fates using (invoice_id)
    where disputes.resolution in ('paid', 'rejected')
    union all by name
    select invoice_id, 10 + part as part, company_id, payer_id, currency_code, paying_currency, invoice_date, pay_date,
        amount
    from made.instalments
    union all by name
    select
        invoice_id, 20 as part, company_id, payer_id, currency_code, paying_currency, invoice_date,
        paid_before_date as pay_date,
        paid_before as amount
    from made.failures where paid_before is not null
    union all by name
    select
        invoice_id, 21 as part, company_id, payer_id, currency_code, paying_currency, invoice_date,
        recovered_date as pay_date,
        recovered as amount
    from made.failures where recovered is not null
)

select
    invoice_id, part, company_id, payer_id, currency_code, paying_currency, invoice_date, pay_date, amount,
    coalesce(discount_amount, 0)::decimal(18, 2) as discount_amount, coalesce(overpaid, 0)::decimal(18, 2) as overpaid,
    coalesce(is_prepaid, false) as is_prepaid
from spelled
where pay_date <= end_day() and amount > 0;
