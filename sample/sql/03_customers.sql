-- Who owes: names, terms and limits, and the traits behind how they buy and pay.

-- How payers differ. Delays are days after the due date; odds are per invoice.
create table made.characters as
select * from (values
    ('prompt', 0.54, -5, 5, 0.008, 0.004, 0.0005),
    ('late', 0.81, 6, 7, 0.015, 0.008, 0.003),
    ('very_late', 0.90, 24, 15, 0.020, 0.010, 0.010),
    ('disputing', 0.96, 9, 9, 0.130, 0.060, 0.004),
    ('failing', 1.00, 18, 22, 0.020, 0.010, 0.120)
) as t(character, up_to, delay_days, delay_spread, deduction_odds, dispute_odds, failure_odds);

create table made.customers as
with numbered as (
    select n as customer_number, printf('C%04d', n) as customer_id
    from range(1, getvariable('customers') + 1) as numbers(n)
),

placed as (
    select
        numbered.*,
        companies.company_id, companies.company_number,
        pick(customer_id, 'currency', companies.billing_currencies) as currency_code,
        list_extract(
            ['retail', 'wholesale', 'manufacturing', 'services', 'public', 'hospitality', 'construction', 'logistics'],
            whole(customer_id, 'segment', 1, getvariable('segments'))
        ) as known_segment,
        whole(customer_id, 'segment', 1, getvariable('segments')) as segment_number,
        draw(customer_id, 'consumer') < 0.45 as may_be_consumer,
        draw(customer_id, 'child') < 0.08 as has_parent
    from numbered
    inner join made.companies as companies
        on companies.company_number = whole(numbered.customer_id, 'company', 1, getvariable('companies'))
),

typed as (
    select
        *,
        case when draw(customer_id, 'no-segment') >= 0.02
            then coalesce(known_segment, printf('segment_%02d', segment_number)) end as segment,
        known_segment = 'retail' and may_be_consumer and not has_parent and currency_code in ('EUR', 'USD') as is_consumer,
        -- A parent is the nearest customer before it that is nobody's child, billed by the same company in the same currency.
        case when has_parent then last_value(case when not has_parent and not (known_segment = 'retail' and may_be_consumer)
            then customer_id end ignore nulls)
            over (partition by company_id, currency_code order by customer_number rows between unbounded preceding and 1 preceding)
        end as parent_customer_id,
        exp(0.9 * bell(customer_id, 'size')) as size,
        least(5, 1.12 * exp(0.6 * bell(customer_id, 'pace'))) as invoices_a_month,
        case
            when customer_number % 131 = 17 then null
            when draw(customer_id, 'terms') < 0.12 then 14
            when draw(customer_id, 'terms') < 0.67 then 30
            when draw(customer_id, 'terms') < 0.85 then 45
            else 60
        end as payment_terms_days,
        case
            when draw(customer_id, 'since') < 0.72
                then (getvariable('first_day') - whole(customer_id, 'older', 30, 2600))::date
            else (getvariable('first_day') + floor(
                draw(customer_id, 'younger') * 0.85 * datediff('day', getvariable('first_day'), getvariable('last_day')))::integer)::date
        end as created_date,
        draw(customer_id, 'leaves') < 0.04 as leaves
    from placed
),

lived as (
    select
        *,
        case when leaves then (greatest(created_date, getvariable('first_day')) + whole(customer_id, 'stays', 200, 600))::date
        end as would_close,
        (select min_by(character, up_to) from made.characters where draw(typed.customer_id, 'character') < up_to) as character
    from typed
)

select
    customer_number, customer_id, company_id, company_number, parent_customer_id, segment, is_consumer, currency_code, size,
    invoices_a_month * case when is_consumer then 0.4 else 1 end as invoices_a_month,
    payment_terms_days, created_date, character,
    case when would_close <= getvariable('last_day') then would_close end as closed_date,
    -- Who sends the money: some parents pay for their children.
    case when draw(customer_id, 'payer') < 0.6 then coalesce(parent_customer_id, customer_id) else customer_id end as payer_id,
    -- What they send it in: some pay in their own currency whatever the invoice says.
    case when draw(customer_id, 'pays-in') < 0.05 and currency_code <> 'EUR' then 'EUR' else currency_code end as paying_currency,
    -- Weekday of their payment run; none for those who pay on any day.
    case when not is_consumer and draw(customer_id, 'run') < 0.55 then whole(customer_id, 'run-day', 1, 5) end as run_day,
    not is_consumer and draw(customer_id, 'takes-discount') < 0.14 as takes_discount,
    -- Some buy from the second company too.
    not is_consumer and getvariable('companies') > 1 and draw(customer_id, 'shared') < 0.12 as is_shared,
    -- One in ten gets slower by a week or more over the years, one in fourteen faster.
    case when draw(customer_id, 'trend') < 0.10 then 12 when draw(customer_id, 'trend') > 0.93 then -8 else 0 end as delay_trend,
    case
        when is_consumer then pick(customer_id, 'first', ['Anna', 'Joris', 'Mia', 'Tom', 'Elena', 'Sam', 'Ruth', 'Omar', 'Ines', 'Carl'])
            || ' ' || pick(customer_id, 'last', ['Visser', 'Baker', 'Moreau', 'Lind', 'Okafor', 'Keller', 'Santos', 'Hughes', 'Yilmaz'])
        else pick(customer_id, 'name', ['Alder', 'Birch', 'Cobalt', 'Delta', 'Elm', 'Falcon', 'Granite', 'Harbour', 'Iris', 'Juniper',
            'Kestrel', 'Lark', 'Meadow', 'Nordic', 'Orchard', 'Pioneer', 'Quarry', 'Raven', 'Summit', 'Tulip'])
            || ' ' || pick(customer_id, 'trade', ['Foods', 'Tools', 'Textiles', 'Logistics', 'Supplies', 'Systems', 'Traders', 'Stores',
            'Works', 'Partners', 'Packaging', 'Design'])
            || ' ' || case currency_code when 'USD' then 'Inc' when 'JPY' then 'KK' else pick(customer_id, 'form', ['GmbH', 'BV', 'SA', 'Srl']) end
    end as customer_name,
    case when not is_consumer then
        pick(customer_id, 'industry', ['food', 'machinery', 'apparel', 'chemicals', 'health', 'software', 'building', 'transport'])
    end as industry,
    case currency_code
        when 'JPY' then 'JP'
        when 'USD' then 'US'
        else pick(customer_id, 'country', ['DE', 'NL', 'FR', 'BE', 'ES', 'IT'])
    end as country_code,
    case currency_code when 'JPY' then 'APAC' when 'USD' then 'Americas' else 'EMEA' end as region,
    case currency_code
        when 'JPY' then 'Asia/Tokyo'
        when 'USD' then pick(customer_id, 'zone', ['America/New_York', 'America/Chicago', 'America/New_York;America/Los_Angeles',
            'America/Denver'])
        else 'Europe/Berlin'
    end as timezones,
    case when draw(customer_id, 'no-limit') > 0.04 then
        round(size * case currency_code when 'JPY' then 160 else 1 end * whole(customer_id, 'limit', 8, 30), 0) * 1000
    end as credit_limit
from lived;

create table landing.customers as
with facts as (
    select
        *,
        created_date::timestamp + interval 6 hours as first_recorded_at,
        -- A closing, or a new credit limit, arrives as a second version of the row.
        case
            when closed_date is not null then recorded(closed_date, customer_id, 'closed')
            when draw(customer_id, 'new-limit') < 0.06
                then recorded(greatest(created_date + 60, getvariable('last_day') - whole(customer_id, 'limit-day', 20, 500)),
                    customer_id, 'new-limit')
        end as amended_at
    from made.customers
),

versions as (
    select *, 1 as version, first_recorded_at as recorded_at from facts
    union all
    select *, 2 as version, amended_at as recorded_at from facts where amended_at is not null
)

select
    customer_id, customer_name, parent_customer_id, segment, industry, country_code, region, currency_code, payment_terms_days,
    (case when version = 1 and amended_at is not null and closed_date is null then credit_limit * 0.8 else credit_limit end)
        ::decimal(18, 2) as credit_limit,
    case character when 'prompt' then 'A' when 'late' then 'B' when 'disputing' then 'B' when 'very_late' then 'C' else 'D' end
        as risk_class,
    timezones, is_consumer,
    lower(customer_id) || '@example.com' as email,
    case region when 'Americas' then '+1 312 555 ' when 'APAC' then '+81 3 5550 ' else '+31 20 555 ' end || printf('%04d', customer_number % 10000) as phone,
    whole(customer_id, 'house', 1, 220) || ' ' || pick(customer_id, 'street', ['Mill Lane', 'Station Road', 'Quay Street', 'Park Avenue',
        'Market Square']) as address,
    created_date,
    case when version = 2 then closed_date end as closed_date,
    recorded_at as updated_at, recorded_at
from versions;
