-- Who collects: a team for each company and each 160 of its customers, with people who join, leave, change role and go
-- part-time, and each customer's collector over time.
create table made.customer_teams as
select
    customer_id, company_id, company_number,
    (row_number() over (partition by company_id order by customer_number) - 1) // 160 as team_of_company
from made.customers;

create table made.teams as
select
    *, printf('%s-%d', company_id, team_of_company + 1) as team,
    row_number() over (order by company_number, team_of_company) as team_number
from (select distinct company_id, company_number, team_of_company from made.customer_teams);

-- Stations in the life of a team's people: from and until as shares of the whole span, give or take some weeks.
create table made.stations as
with plan as (
    select * from (values
        ('manager', 1, 'credit_manager', 1.0, 0.20, 0.0, null),
        ('anchor', 2, 'collector', 1.0, 1.00, 0.0, 0.42),
        ('anchor', 2, 'collector', 0.8, 1.00, 0.42, null),
        ('leaver', 3, 'collector', 0.6, 1.00, 0.0, 0.55),
        ('joiner', 4, 'collector', 0.6, 0.90, 0.50, null),
        ('analyst', 5, 'credit_analyst', 0.8, 0.40, 0.0, 0.70),
        ('analyst', 5, 'credit_analyst', 0.4, 0.40, 0.70, null),
        ('cash', 6, 'cash_application', 1.0, 0.25, 0.0, null),
        ('seller', 7, 'account_manager', 1.0, 0.15, 0.0, null),
        ('accountant', 8, 'accountant', 1.0, 0.10, 0.0, 0.30),
        ('accountant', 8, 'accountant', 0.5, 0.10, 0.35, null)
    ) as t(person, place, role, fte, process_share, from_share, until_share)
),

spanned as (
    select
        teams.*, plan.*, teams.team || '/' || plan.person as draw_key,
        printf('E%03d', (teams.team_number - 1) * 8 + plan.place) as employee_id,
        printf('E%03d', (teams.team_number - 1) * 8 + 1) as team_manager_id,
        datediff('day', start_day(), end_day()) as span
    from made.teams as teams
    cross join plan
)

select
    team_number, team, company_id, company_number, person, employee_id, role, fte, process_share,
    case when employee_id <> team_manager_id then team_manager_id end as manager_id,
    case when from_share = 0 then (start_day() - whole(draw_key, 'hired', 40, 2400))::date
        else (start_day() + floor(span * (from_share + 0.04 * draw(draw_key || from_share, 'moved')))::integer)::date
    end as valid_from,
    case when until_share is not null then
        (start_day() + floor(span * (until_share + 0.04 * draw(draw_key || until_share, 'moved')))::integer - 1)::date
    end as valid_to,
    pick(draw_key, 'first', [
        'Nora', 'Pieter', 'Grace', 'Luis', 'Hanna', 'Marc', 'Aiko', 'Ben', 'Clara', 'David', 'Eva', 'Femke'
    ]) || ' ' || pick(draw_key, 'last', [
        'Jansen', 'Walker', 'Rossi', 'Meyer', 'Novak', 'Dubois', 'Sato', 'Clarke', 'Berg', 'Costa'
    ]) as employee_name
from spanned;

create table landing.employees as
with versions as (
    select *, 1 as version, valid_from::timestamp + interval 7 hours as known_at from made.stations
    where valid_from <= end_day()
    union all
    select *, 2 as version, recorded(valid_to, employee_id || valid_from, 'ends') as known_at
    from made.stations where valid_to <= end_day()
)

select
    employee_id, valid_from,
    case version when 2 then valid_to end as valid_to,
    employee_name, company_id, team, role, manager_id, fte::decimal(9, 2) as fte,
    -- Those who do nothing else may leave their share unsaid.
    case when process_share < 1 then process_share end::decimal(9, 2) as process_share,
    known_at as updated_at, known_at as recorded_at
from versions;

create table made.assignments as
with collectors as (
    select team, person, employee_id, min(valid_from) as joined,
        case when count(valid_to) = count(*) then max(valid_to) end as left_on
    from made.stations where role = 'collector'
    group by all
),

pairs as (
    select
        customers.customer_id, customers.created_date, customers.closed_date, collectors.*,
        draw(customers.customer_id, 'collector') as share,
        max(case when collectors.person = 'leaver' then collectors.left_on end)
            over (partition by customers.customer_id) as leaver_left_on,
        max(case when collectors.person = 'joiner' then collectors.joined end)
            over (partition by customers.customer_id) as joiner_joined
    from made.customers as customers
    inner join made.customer_teams as customer_teams using (customer_id)
    inner join made.teams as teams
        on customer_teams.company_id = teams.company_id and customer_teams.team_of_company = teams.team_of_company
    inner join collectors on teams.team = collectors.team
),

-- Two thirds stay with the anchor, some of those go to the joiner after two months; the leaver's go to the joiner.
spells as (
    select
        customer_id, employee_id, created_date, closed_date,
        case person
            when 'joiner' then case when share < 0.64 then joiner_joined + 60
                else greatest(leaver_left_on + 1, joiner_joined) end
            else joined
        end::date as starts,
        case person
            when 'anchor' then case when share < 0.10 then joiner_joined + 59 end
            when 'leaver' then greatest(leaver_left_on, joiner_joined - 1)
        end::date as ends
    from pairs
    where case person when 'anchor' then share < 0.64 when 'leaver' then share >= 0.64 else share < 0.10
        or share >= 0.64 end
)

select
    customer_id, employee_id,
    greatest(starts, created_date, start_day() - 90)::date as valid_from,
    case when least(ends, closed_date) <= end_day() then least(ends, closed_date) end as valid_to
from spells
where greatest(starts, created_date, start_day() - 90) <= least(coalesce(ends, end_day()),
    coalesce(closed_date, end_day()), end_day());

create table landing.assignments as
with versions as (
    select *, 1 as version, valid_from::timestamp + interval 9 hours as known_at from made.assignments
    union all
    select *, 2 as version, recorded(valid_to, customer_id || employee_id, 'handed-over') as known_at
    from made.assignments where valid_to is not null
)

select customer_id, employee_id, valid_from, case version when 2 then valid_to end as valid_to, known_at as updated_at,
    known_at as recorded_at
from versions;
