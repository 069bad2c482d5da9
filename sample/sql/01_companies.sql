-- Who invoices: one company in the euro area, one in the United States, and so on in turn when more are asked for.
create table made.companies as
select
    n as company_number,
    printf('CO%02d', n) as company_id,
    case n
        when 1 then 'Harrow & Finch Europe B.V.'
        when 2 then 'Harrow & Finch Americas Inc.'
        else 'Harrow & Finch ' || n
    end as company_name,
    case n % 2 when 1 then 'EUR' else 'USD' end as currency_code,
    case n % 2 when 1 then 'NL' else 'US' end as country_code,
    case n % 2 when 1 then 'Europe/Amsterdam' else 'America/Chicago' end as timezone,
    -- What its customers are billed in.
    case n % 2
        when 1 then ['EUR', 'EUR', 'EUR', 'EUR', 'EUR', 'EUR', 'JPY', 'JPY', 'USD']
        else ['USD', 'USD', 'USD', 'USD', 'USD', 'USD', 'USD', 'EUR']
    end as billing_currencies,
    case n % 2 when 1 then 0.21 else 0 end as tax_rate
from range(1, getvariable('companies') + 1) as numbers(n);

create table landing.companies as
select
    company_id, company_name, currency_code, country_code, timezone,
    (start_day() - 1)::timestamp + interval 6 hours as recorded_at
from made.companies;
