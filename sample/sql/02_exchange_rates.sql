-- Rates to the euro for every working day but Christmas and New Year's Day, from a week before the first day on. A rate
-- walks at random in steps of up to one per cent, pulled back by being counted from a base; the walk is summed in whole
-- millionths, so that the sum does not depend on the order of adding.
create table made.rate_steps as
select
    days.day::date as rate_date,
    pairs.currency_code,
    pairs.base_rate,
    (pairs.daily_swing * 1000000 * bell(pairs.currency_code || days.day::date, 'rate'))::bigint as millionths
from
    range(start_day() - interval 7 days, end_day() + interval 1 day, interval 1 day) as days(day),
    (values ('USD', 0.9240, 0.0032), ('JPY', 0.005860, 0.0038)) as pairs(currency_code, base_rate, daily_swing);

create table made.daily_rates as
select
    rate_date, currency_code,
    round(base_rate * exp(sum(millionths) over (partition by currency_code order by rate_date) / 1000000.0),
        8)::decimal(24, 8)
        as rate
from made.rate_steps
where isodow(rate_date) < 6 and strftime(rate_date, '%m-%d') not in ('12-25', '01-01');

create table landing.exchange_rates as
select
    rate_date, currency_code as from_currency, 'EUR' as to_currency, rate,
    rate_date::timestamp + interval 15 hours as recorded_at
from made.daily_rates
where rate_date <= end_day();

-- The rate that holds on a day: the last one on or before it.
create table made.rates as
select steps.rate_date, steps.currency_code, daily.rate
from made.rate_steps as steps
asof join made.daily_rates as daily
    on steps.currency_code = daily.currency_code and steps.rate_date >= daily.rate_date
union all
select distinct rate_date, 'EUR', 1.00000000::decimal(24, 8) from made.rate_steps;
