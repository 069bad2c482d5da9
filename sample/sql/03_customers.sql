-- Who owes: names, terms and limits, and the traits behind how they buy and pay.

-- How payers differ. Delays are days after the due date; odds are per invoice.
create table made.characters as
select * from (values
    ('prompt', 0.58, -5, 5, 0.008, 0.004, 0.0005),
    ('late', 0.83, 6, 7, 0.015, 0.008, 0.003),
    ('very_late', 0.91, 24, 15, 0.020, 0.010, 0.010),
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
        may_be_consumer and known_segment = 'retail' and not has_parent and currency_code <> 'JPY' as is_consumer,
        not has_parent and not (may_be_consumer and known_segment = 'retail') as may_be_parent,
        case
            when draw(customer_id, 'since') < 0.72 then (start_day() - whole(customer_id, 'older', 30, 2600))::date
            else (start_day() + floor(
                draw(customer_id, 'younger') * 0.85 * datediff('day', start_day(), end_day()))::integer)::date
        end as created_date
    from placed
)

select
    customer_number, customer_id, company_id, company_number, is_consumer, currency_code, created_date,
    case when draw(customer_id, 'no-segment') >= 0.02
        then coalesce(known_segment, printf('segment_%02d', segment_number)) end as segment,
    exp(0.9 * bell(customer_id, 'size')) as size,
    least(5, 1.12 * exp(0.6 * bell(customer_id, 'pace'))) * case when is_consumer then 0.4 else 1 end
        as invoices_a_month,
    case
        when customer_number % 131 = 17 then null
        when draw(customer_id, 'terms') < 0.07 then 14
        when draw(customer_id, 'terms') < 0.57 then 30
        when draw(customer_id, 'terms') < 0.83 then 45
        else 60
    end as payment_terms_days,
    (select min_by(character, up_to) from made.characters where draw(typed.customer_id, 'character') < up_to)
        as character,
    case when draw(customer_id, 'leaves') < 0.04
        then so_far((greatest(created_date, start_day()) + whole(customer_id, 'stays', 200, 600))::date) end
        as closed_date,
    -- A parent is the nearest customer before it that is nobody's child, of the same company and currency.
    case when has_parent then last_value(case when may_be_parent then customer_id end ignore nulls) over (
        partition by company_id, currency_code
        order by customer_number rows between unbounded preceding and 1 preceding
    ) end as parent_customer_id,
    -- Who sends the money: some parents pay for their children.
    case when draw(customer_id, 'payer') < 0.6 then coalesce(parent_customer_id, customer_id) else customer_id end
        as payer_id,
    -- What they send it in: some pay in euro whatever the invoice says.
    case when draw(customer_id, 'pays-in') < 0.05 then 'EUR' else currency_code end as paying_currency,
    -- Weekday of their payment run; none for those who pay on any day.
    case when not is_consumer and draw(customer_id, 'run') < 0.55 then whole(customer_id, 'run-day', 1, 5) end
        as run_day,
    not is_consumer and draw(customer_id, 'takes-discount') < 0.14 as takes_discount,
    -- Some buy from the second company too.
    not is_consumer and getvariable('companies') > 1 and draw(customer_id, 'shared') < 0.12 as is_shared,
    -- One in ten gets slower by a week or more over the years, one in fourteen faster.
    case when draw(customer_id, 'trend') < 0.10 then 12 when draw(customer_id, 'trend') > 0.93 then -8 else 0 end
        as delay_trend
from typed;
