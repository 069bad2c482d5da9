-- What was invoiced: every customer buys at its own pace, more in season and a little more each month.
create table made.months as
select
    month::date as month_start,
    (month + interval 1 month - interval 1 day)::date as month_end,
    datediff('month', date_trunc('month', start_day()), month::date) as month_number,
    1 + getvariable('monthly_growth') * datediff('month', date_trunc('month', start_day()), month::date) as growth,
    ([0.90, 0.90, 1.05, 0.98, 1.00, 1.04, 0.90, 0.82, 1.06, 1.10, 1.18, 1.07])[month(month)] as season,
    ([0.78, 0.76, 0.92, 0.96, 0.98, 1.00, 0.92, 0.90, 1.00, 1.08, 1.45, 1.35])[month(month)] as retail_season
from range(date_trunc('month', start_day()), end_day() + interval 1 day, interval 1 month) as months(month);

create table made.drawn_invoices as
with customer_months as (
    select
        customers.*, months.month_start, months.month_end, months.growth,
        customers.customer_id || '/' || months.month_number as draw_key,
        customers.invoices_a_month * months.growth
        * case customers.segment when 'retail' then months.retail_season else months.season end as expected
    from made.customers as customers
    inner join made.months as months
        on months.month_end >= customers.created_date
        and (customers.closed_date is null or months.month_start < customers.closed_date - 75)
),

counted as (
    select *, floor(expected + draw(draw_key, 'count'))::integer as invoice_count from customer_months
),

bought as materialized (
    select
        counted.*, draw_key || '/' || nth.n as invoice_key,
        (month_start + floor(draw(draw_key || '/' || nth.n,
            'day') * (1 + datediff('day', month_start, month_end)))::integer)::date as drawn_date,
        false as is_opening
    from counted
    inner join (select unnest(range(1, 21)) as n) as nth on nth.n <= counted.invoice_count
),

-- What was open when the books begin, at the close of the day before: about six weeks of sales.
opening as (
    select
        customers.*, null::date as month_start, null::date as month_end, 1.0 as growth,
        customer_id || '/opening' as draw_key,
        invoices_a_month * 1.45 as expected, 0 as invoice_count, customer_id || '/opening/' || nth.n as invoice_key,
        (start_day() - 1)::date as drawn_date, true as is_opening
    from made.customers as customers
    inner join (select unnest(range(1, 9)) as n) as nth
        on nth.n <= floor(customers.invoices_a_month * 1.45 + draw(customers.customer_id, 'opening-count'))
    where customers.created_date < start_day()
)

select
    invoice_key, customer_id, is_opening,
    case when is_opening then drawn_date else working_day(drawn_date) end as invoice_date,
    case when is_shared and draw(invoice_key, 'company') < 0.3 then company_number % getvariable('companies') + 1
        else company_number end
        as company_number,
    currency_code, size, growth, payment_terms_days
from (select * from bought union all by name select * from opening)
where is_opening or working_day(drawn_date) between greatest(start_day(), created_date) and end_day();

create table made.sales as
with numbered as (
    select *, row_number() over (order by invoice_date, invoice_key) as invoice_number_of_all from made.drawn_invoices
),

priced as (
    select
        numbered.*, companies.company_id, companies.country_code as company_country, companies.tax_rate,
        printf('INV-%06d', invoice_number_of_all) as invoice_id,
        greatest(25, least(90000, 1150 * sqrt(growth * size) * exp(0.85 * bell(invoice_key, 'amount'))))
        * case numbered.currency_code when 'JPY' then 160 else 1 end as price
    from numbered
    inner join made.companies as companies using (company_number)
)

select
    invoice_id, company_id, customer_id, currency_code, invoice_date, payment_terms_days,
    company_country || '-' || year(invoice_date) || '-' || printf('%06d', invoice_number_of_all) as invoice_number,
    case when is_opening then 'opening_balance'
        when draw(invoice_id, 'debit-memo') < 0.012 then 'debit_memo' else 'invoice' end
        as invoice_type,
    money(price, currency_code) as amount,
    case when not is_opening then money(price * tax_rate / (1 + tax_rate), currency_code) end as tax_amount,
    case
        when is_opening then (invoice_date + whole(invoice_id, 'opening-due', -55, 30))::date
        when payment_terms_days is null and draw(invoice_id, 'no-due') < 0.6 then null
        when draw(invoice_id, 'no-due') < 0.03 then null
        else (invoice_date + coalesce(payment_terms_days, 30))::date
    end as due_date
from priced;
