-- Customers as they are landed: what stands on their card, and a second version where it changed. Names, addresses and
-- numbers are invented; mail goes to example.com.
create table made.customer_cards as
select
    *,
    pick(customer_id, 'first', ['Anna', 'Joris', 'Mia', 'Tom', 'Elena', 'Sam', 'Ruth', 'Omar', 'Ines', 'Carl'])
        as first_name,
    pick(customer_id, 'last', ['Visser', 'Baker', 'Moreau', 'Lind', 'Okafor', 'Keller', 'Santos', 'Hughes', 'Yilmaz'])
        as last_name,
    pick(customer_id, 'name', [
        'Alder', 'Birch', 'Cobalt', 'Delta', 'Elm', 'Falcon', 'Granite', 'Harbour', 'Iris', 'Juniper', 'Kestrel',
        'Lark', 'Meadow', 'Nordic', 'Orchard', 'Pioneer', 'Quarry', 'Raven', 'Summit', 'Tulip'
    ]) as house_name,
    pick(customer_id, 'trade', [
        'Foods', 'Tools', 'Textiles', 'Logistics', 'Supplies', 'Systems', 'Traders', 'Stores', 'Works', 'Partners',
        'Packaging', 'Design'
    ]) as trade,
    case currency_code
        when 'USD' then 'Inc'
        when 'JPY' then 'KK'
        else pick(customer_id, 'form', ['GmbH', 'BV', 'SA', 'Srl'])
    end as legal_form,
    case when not is_consumer then pick(customer_id, 'industry', [
        'food', 'machinery', 'apparel', 'chemicals', 'health', 'software', 'building', 'transport'
    ]) end as industry,
    case currency_code
        when 'JPY' then 'JP'
        when 'USD' then 'US'
        else pick(customer_id, 'country', ['DE', 'NL', 'FR', 'BE', 'ES', 'IT'])
    end as country_code,
    case currency_code when 'JPY' then 'APAC' when 'USD' then 'Americas' else 'EMEA' end as region,
    case currency_code
        when 'JPY' then 'Asia/Tokyo'
        when 'USD' then pick(customer_id, 'zone', [
            'America/New_York', 'America/Chicago', 'America/New_York;America/Los_Angeles', 'America/Denver'
        ])
        else 'Europe/Berlin'
    end as timezones,
    case character when 'prompt' then 'A' when 'failing' then 'D' when 'very_late' then 'C' else 'B' end as risk_class,
    whole(customer_id, 'house', 1, 220) || ' '
        || pick(customer_id, 'street', ['Mill Lane', 'Station Road', 'Quay Street', 'Park Avenue', 'Market Square'])
        as address,
    case when draw(customer_id, 'no-limit') > 0.04 then
        round(size * case currency_code when 'JPY' then 160 else 1 end * whole(customer_id, 'limit', 8, 30), 0) * 1000
    end as credit_limit,
    created_date::timestamp + interval 6 hours as recorded_at,
    -- A closing, or a new credit limit.
    case
        when closed_date is not null then recorded(closed_date, customer_id, 'closed')
        when draw(customer_id, 'new-limit') < 0.06 then recorded(
            greatest(created_date + 60, end_day() - whole(customer_id, 'limit-day', 20, 500)), customer_id, 'new-limit')
    end as amended_at
from made.customers;

create table landing.customers as
with versions as (
    select *, 1 as version, recorded_at as known_at from made.customer_cards
    union all
    select *, 2 as version, amended_at as known_at from made.customer_cards where amended_at is not null
)

select
    customer_id,
    case when is_consumer then first_name || ' ' || last_name else house_name || ' ' || trade || ' ' || legal_form end
        as customer_name,
    parent_customer_id, segment, industry, country_code, region, currency_code, payment_terms_days,
    -- The first version of a card with a new limit had four fifths of it.
    (credit_limit * case when version = 1 and amended_at is not null and closed_date is null then 0.8 else 1 end)
        ::decimal(18, 2) as credit_limit,
    risk_class, timezones, is_consumer, lower(customer_id) || '@example.com' as email,
    case region when 'Americas' then '+1 312 555 ' when 'APAC' then '+81 3 5550 ' else '+31 20 555 ' end
        || printf('%04d', customer_number % 10000) as phone,
    address, created_date, case version when 2 then closed_date end as closed_date,
    known_at as updated_at, known_at as recorded_at
from versions;
