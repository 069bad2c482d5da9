-- What becomes of each invoice: paid in full, in parts, short, never; disputed, credited, voided. Decided once, here;
-- the later files only spell it out as memos, receipts and adjustments.
--
-- fate: void | duplicate (keyed twice, deleted) | cash_sale | prepaid | full | early (discount taken) | parts
--   | instalments | small_short | deduction (short pay, disputed) | dispute (held back whole) | return | memo_voided
--   | overpaid | late_discount | corrected | interest (finance charge added) | waived | never
create table made.fates as
with payers as (
    select
        sales.*,
        customers.payer_id, customers.paying_currency, customers.run_day, customers.takes_discount,
        customers.delay_trend,
        characters.delay_days, characters.delay_spread, characters.deduction_odds, characters.dispute_odds,
        coalesce(sales.due_date, sales.invoice_date + coalesce(sales.payment_terms_days, 30))::date as expected_date,
        -- 0 on the first day, 1 on the last.
        (sales.invoice_date - start_day()) / greatest(1, end_day() - start_day())::double as passed,
        -- Those who fail do so more and more.
        characters.failure_odds * case characters.character when 'failing' then
            0.4 + 1.2 * (sales.invoice_date - start_day()) / greatest(1, end_day() - start_day())
        else 1 end as failure_odds,
        draw(sales.invoice_id, 'way') as way,
        draw(sales.invoice_id, 'fate') as luck
    from made.sales as sales
    inner join made.customers as customers using (customer_id)
    inner join made.characters as characters using (character)
),

decided as (
    select
        *,
        case
            when invoice_type = 'opening_balance' then case when luck < failure_odds then 'never' else 'full' end
            when way < 0.006 then 'void'
            when way < 0.007 then 'duplicate'
            when way < 0.017 then 'cash_sale'
            when way < 0.022 then 'prepaid'
            when luck < failure_odds then 'never'
            when luck < failure_odds + deduction_odds then 'deduction'
            when luck < failure_odds + deduction_odds + dispute_odds then 'dispute'
            when way < 0.050 then 'return'
            when way < 0.053 then 'memo_voided'
            when way < 0.090 then 'parts'
            when way < 0.102 then 'overpaid'
            when way < 0.112 then 'small_short'
            when way < 0.117 then 'late_discount'
            when way < 0.123 then 'corrected'
            when way < 0.130 then 'interest'
            when way < 0.150 then 'instalments'
            when takes_discount and way < 0.80 then 'early'
            else 'full'
        end as fate,
        -- A payer's mood lasts half a year; each invoice has its own luck besides.
        round(delay_days + delay_trend * passed + delay_spread * bell(invoice_id, 'delay')
            + 4 * bell(customer_id || '/' || floor(passed * 4), 'mood'))::integer as delay
    from payers
),

dated as (
    select
        *,
        case fate
            when 'cash_sale' then invoice_date
            when 'prepaid' then greatest(start_day(), invoice_date - whole(invoice_id, 'prepaid', 3, 20))
            when 'early' then invoice_date + whole(invoice_id, 'early', 5, 10)
            else greatest(
                expected_date + delay,
                invoice_date + case invoice_type
                    when 'opening_balance' then whole(invoice_id, 'opening-paid', 1, 30) else 2 end)
        end::date as wish_date
    from decided
)

select
    * exclude (wish_date, way, luck, delay_days, delay_spread, delay_trend, deduction_odds, dispute_odds, failure_odds,
        passed),
    -- Business payers pay on the day of their payment run.
    case
        when fate in ('cash_sale', 'prepaid', 'early') or run_day is null then working_day(wish_date)
        else (wish_date + ((run_day - isodow(wish_date) + 7) % 7)::integer)::date
    end as pay_date,
    -- What the first payment leaves out.
    case fate
        when 'parts' then money(amount * (0.3 + 0.4 * draw(invoice_id, 'left')), currency_code)
        when 'deduction' then money(amount * (0.05 + 0.20 * draw(invoice_id, 'left')), currency_code)
        when 'dispute' then amount
        when 'return' then money(amount * (0.10 + 0.50 * draw(invoice_id, 'left')), currency_code)
        when 'memo_voided' then money(amount * (0.10 + 0.30 * draw(invoice_id, 'left')), currency_code)
        when 'early' then money(amount * 0.02, currency_code)
        when 'late_discount' then money(amount * 0.015, currency_code)
        when 'small_short' then money((0.02 + 1.9 * draw(invoice_id, 'left'))
            * case currency_code when 'JPY' then 160 else 1 end, currency_code)
        -- An adjustment of either sign before payment.
        when 'corrected' then money(amount * (draw(invoice_id, 'left') - 0.6) * 0.1, currency_code)
        when 'interest' then -money(amount * 0.012, currency_code)
        else 0
    end as left_out,
    case fate when 'overpaid' then case when draw(invoice_id, 'twice') < 0.25 then amount
        else money(amount * (0.01 + 0.10 * draw(invoice_id, 'too-much')), currency_code) end else 0 end as overpaid,
    case when fate = 'void' then (invoice_date + whole(invoice_id, 'void', 1, 25))::date end as void_date
from dated;

-- Interest invoiced to those who were more than forty days late, where the company takes the trouble.
create table made.finance_charges as
with charged as (
    select
        *, row_number() over (order by working_day(expected_date + 35), invoice_id) as charge_number,
        working_day(expected_date + 35) as charge_date
    from made.fates
    where fate = 'full' and invoice_type = 'invoice' and pay_date - expected_date > 40
        and draw(invoice_id, 'charge') < 0.30
        and working_day(expected_date + 35) <= end_day()
)

select
    printf('FC-%06d', charge_number) as invoice_id, company_id, customer_id, currency_code, charge_date as invoice_date,
    payment_terms_days, printf('FC-%d-%06d', year(charge_date), charge_number) as invoice_number,
    'finance_charge' as invoice_type,
    money(greatest(5, amount * 0.015), currency_code) as amount, null::decimal(18, 2) as tax_amount,
    (charge_date + 14)::date as due_date, payer_id, paying_currency, run_day, takes_discount,
    (charge_date + 14)::date as expected_date,
    case when draw(invoice_id, 'charge-fate') < 0.55 then 'full'
        when draw(invoice_id, 'charge-fate') < 0.85 then 'waived' else 'never' end
        as fate,
    working_day(greatest(pay_date, charge_date) + whole(invoice_id, 'charge-paid', 6, 40)) as pay_date,
    0::decimal(18, 2) as left_out, 0::decimal(18, 2) as overpaid, null::date as void_date
from charged;

insert into made.fates by name select * from made.finance_charges;

-- Disputes: of a deduction after the short payment, of the rest before it would be due.
create table made.disputes as
with opened as (
    select
        *,
        case fate when 'deduction' then (pay_date + whole(invoice_id, 'dispute-open', 0, 3))::date
            else (invoice_date + whole(invoice_id, 'dispute-open', 6,
                greatest(7, expected_date - invoice_date)))::date end as opened_date,
        draw(invoice_id, 'resolution') as verdict
    from made.fates
    where fate in ('deduction', 'dispute')
)

select
    invoice_id, customer_id, company_id, currency_code, fate, opened_date, left_out as amount,
    -- One in fourteen drags on for the best part of a year.
    (opened_date + case when draw(invoice_id, 'drags') < 0.07 then whole(invoice_id, 'dispute-long', 120, 330)
        else whole(invoice_id, 'dispute-days', 5, 55) end)::date as closed_date,
    case when verdict < 0.46 then 'credited' when verdict < 0.66 then 'paid'
        when verdict < 0.87 then 'rejected' else 'written_off' end
        as resolution,
    pick(invoice_id, 'dispute-reason',
        ['pricing', 'short_shipment', 'damaged_goods', 'missing_po', 'late_delivery', 'duplicate_billing'])
        as reason_code
from opened
where opened_date <= end_day();

-- Those who never pay: placed with an agency, written off, and sometimes paying after all.
create table made.failures as
with steps as (
    select
        invoice_id, company_id, customer_id, currency_code, amount, payer_id, paying_currency, invoice_type,
        expected_date, invoice_date,
        case when draw(invoice_id, 'pays-some') < 0.25
            then money(amount * (0.1 + 0.4 * draw(invoice_id, 'some')), currency_code) end
            as paid_before,
        working_day(greatest(expected_date, invoice_date) + whole(invoice_id, 'pays-some-day', 20, 60))
            as paid_before_date,
        case when draw(invoice_id, 'placed') < 0.75 and invoice_type <> 'finance_charge'
            then working_day(greatest(expected_date, invoice_date) + whole(invoice_id, 'placed-day', 70, 115)) end
                as placed_date,
        working_day(greatest(expected_date, invoice_date) + whole(invoice_id, 'write-off', 140, 230)) as write_off_date,
        draw(invoice_id, 'recovers') < 0.35 as recovers,
        0.3 + 0.7 * draw(invoice_id, 'recovered-share') as recovered_share
    from made.fates
    where fate = 'never'
)

select
    *,
    case when recovers then working_day(write_off_date + whole(invoice_id, 'recovered', 15, 160)) end as recovered_date,
    amount - coalesce(paid_before, 0) as written_off,
    case when recovers then least(amount - coalesce(paid_before, 0),
        money((amount - coalesce(paid_before, 0)) * recovered_share, currency_code)) end as recovered
from steps;
