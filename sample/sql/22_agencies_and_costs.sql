-- Placements with outside agencies, recalled when the debtor pays or the agency gives up, and what it all costs.
create table made.placements as
with placed as (
    select
        invoice_id, placed_date,
        case
            when recovered_date is not null then recovered_date
            when draw(invoice_id, 'recalled') < 0.3 then write_off_date
        end as would_recall
    from made.failures where placed_date is not null
    union all
    -- Some pay only once an agency asks.
    select invoice_id, working_day(expected_date + 62), pay_date
    from made.fates where fate = 'full' and invoice_type = 'invoice' and pay_date - expected_date > 70
)

select
    printf('PL-%05d', row_number() over (order by placements.placed_date, placements.invoice_id)) as placement_id,
    placements.invoice_id, placements.placed_date,
    pick(placements.invoice_id, 'agency', ['Meridian Recoveries', 'Oakline Collections']) as agency_name,
    so_far(would_recall) as recalled_date,
    greatest(recorded(placements.placed_date, placements.invoice_id, 'placed'), invoices.recorded_at) as recorded_at
from placed as placements
inner join made.invoice_records as invoices using (invoice_id)
where placements.placed_date <= end_day();

create table landing.placements as
with versions as (
    select *, 1 as version, recorded_at as known_at from made.placements
    union all
    select *, 2 as version, greatest(recorded_at + interval 20 minutes,
        recorded(recalled_date, placement_id, 'recalled')) as known_at
    from made.placements where recalled_date is not null
)

select
    placement_id, invoice_id, agency_name, placed_date,
    case version when 2 then recalled_date end as recalled_date,
    known_at as updated_at, known_at as recorded_at
from versions;

create table landing.process_costs as
with bases as (
    select
        companies.company_id, companies.currency_code, months.month_start, months.month_end, months.growth,
        (select count(*) from made.teams as teams where teams.company_id = companies.company_id) as team_count
    from made.companies as companies
    cross join made.months as months
)

select
    company_id, month_start as month, cost.cost_type, currency_code,
    round(team_count * cost.monthly * cost.trend ** (growth - 1)
        * (1 + cost.swing * bell(company_id || month_start || cost.cost_type, 'cost')), 2)::decimal(18, 2) as amount,
    recorded(least(month_end + 3, end_day())::date, company_id || month_start || cost.cost_type, 'cost') as updated_at,
    recorded(least(month_end + 3, end_day())::date, company_id || month_start || cost.cost_type, 'cost') as recorded_at
from bases
cross join (values
    ('salaries', 10800, 1.3, 0.01), ('agency_fees', 900, 1.5, 0.25), ('software', 650, 1.0, 0.0),
    ('bank_charges', 320, 2.0, 0.05)
) as cost(cost_type, monthly, trend, swing);
