-- Receipts: what a payer sends to a company on one day in one currency is one receipt. Some bounce, and most of those
-- are sent again. Some money comes without a purpose, some too much.
create table made.payment_lines as
with priced as (
    select
        payments.*,
        -- Only where the payer's currency is not the invoice's: there are few.
        case when paying_currency <> currency_code then currency_code end as rate_from,
        case when paying_currency <> currency_code then paying_currency end as rate_to
    from made.payments as payments
)

select
    priced.* exclude (rate_from, rate_to),
    priced.paying_currency as receipt_currency,
    case when rate_from is null then priced.amount
        else money(priced.amount * from_rates.rate / to_rates.rate, priced.paying_currency) end as source_amount,
    case when rate_from is null then priced.overpaid
        else money(priced.overpaid * from_rates.rate / to_rates.rate, priced.paying_currency) end as source_overpaid,
    concat_ws('/', priced.payer_id, priced.company_id, priced.paying_currency, priced.pay_date, priced.is_prepaid)
        as receipt_key
from priced
left join made.rates as from_rates on priced.rate_from = from_rates.currency_code
    and priced.pay_date = from_rates.rate_date
left join made.rates as to_rates on priced.rate_to = to_rates.currency_code and priced.pay_date = to_rates.rate_date;

create table made.receipts as
with sent as (
    select
        receipt_key, payer_id as customer_id, company_id, receipt_currency as currency_code, pay_date as receipt_date,
        is_prepaid,
        sum(source_amount) + sum(source_overpaid) as amount, sum(source_overpaid) as overpaid, false as is_deposit
    from made.payment_lines
    group by all
),

-- Money on account that nobody could place.
deposits as (
    select
        customer_id || '/deposit/' || nth.n as receipt_key, customer_id, company_id, currency_code,
        working_day((start_day() + whole(customer_id || '/' || nth.n, 'deposit-day', 10,
            (end_day() - start_day())::integer))::date) as receipt_date,
        false as is_prepaid, money(300 * sqrt(size) * exp(0.5 * bell(customer_id || '/' || nth.n, 'deposit'))
            * case currency_code when 'JPY' then 160 else 1 end, currency_code) as amount,
        0 as overpaid, true as is_deposit
    from made.customers
    inner join (select unnest([1, 2]) as n) as nth on draw(customers.customer_id || '/' || nth.n, 'deposit-made') < 0.07
    where closed_date is null
),

gathered as (
    select * from sent
    union all by name
    select deposits.* from deposits inner join made.customers as customers using (customer_id)
    where deposits.receipt_date <= end_day() and deposits.receipt_date >= customers.created_date
),

bounced as (
    select
        gathered.*, customers.character,
        case
            when draw(receipt_key, 'method') < 0.52 then 'bank_transfer'
            when draw(receipt_key, 'method') < 0.78 then 'direct_debit'
            when draw(receipt_key, 'method') < 0.90 then 'check'
            else 'card'
        end as payment_method,
        case
            when draw(receipt_key, 'lag') < 0.80 then 0
            when draw(receipt_key, 'lag') < 0.97 then whole(receipt_key, 'lag-days', 1, 5)
            when draw(receipt_key, 'lag') < 0.995 then whole(receipt_key, 'lag-days', 6, 25)
            else whole(receipt_key, 'lag-days', 40, 150)
        end as lag_days,
        draw(receipt_key, 'bounce') < case customers.character when 'failing' then 0.16
            when 'very_late' then 0.06 else 0.02 end as may_bounce
    from gathered
    inner join made.customers as customers using (customer_id)
),

attempts as (
    select
        * exclude (may_bounce),
        case when may_bounce and payment_method in ('direct_debit', 'check') and not is_prepaid
            then (receipt_date + whole(receipt_key, 'bounced', 2, 8))::date end as would_reverse
    from bounced
),

numbered as (
    select *, 1 as attempt, so_far(would_reverse) as reversed_date from attempts
    union all by name
    -- The same money again, some days after the bounce.
    select
        * replace (working_day(receipt_date + whole(receipt_key, 'again', 11, 26)) as receipt_date, 0 as lag_days,
            0 as overpaid,
            (amount - overpaid)::decimal(18, 2) as amount, 'bank_transfer' as payment_method),
        2 as attempt, null as reversed_date
    from attempts
    where would_reverse is not null and not is_deposit and draw(receipt_key, 'sent-again') < 0.85
        and working_day(receipt_date + whole(receipt_key, 'again', 11, 26)) <= end_day()
)

select
    printf('RC-%06d', row_number() over (order by receipt_date, receipt_key, attempt)) as receipt_id,
    receipt_key, attempt, customer_id, company_id, currency_code, receipt_date, amount::decimal(18, 2) as amount,
    overpaid::decimal(18, 2) as overpaid, is_deposit, is_prepaid, payment_method, reversed_date,
    case when reversed_date is not null then
        case payment_method when 'direct_debit' then pick(receipt_key, 'why', ['insufficient_funds', 'mandate_revoked'])
            else pick(receipt_key, 'why', ['insufficient_funds', 'payment_stopped']) end
    end as reversal_reason,
    -- When cash application gets to it; a bounced one was applied before it bounced.
    (receipt_date + case when reversed_date is not null then least(lag_days, 1) else lag_days end)::date as applied_date
from numbered;
