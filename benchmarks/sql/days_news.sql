-- What lands on one more day: news, and what came late, backdated, amended, deleted or reversed.
--
-- Reads: one view a landed table, `landed.<table>`, with all versions and each row's file (`filename`).
-- Makes: one table a table to land, `news.<table>`; columns the source leaves out are left out.
-- Variables: day (date), new_share and late_share (of rows there are). A draw depends on the day and on whose it is, so
-- the same landing gives the same day. Every kind has at least one row, however small the landing.
create schema news;
create schema work;

create macro draw(whose, purpose) as md5(whose || '/' || purpose || '/' || getvariable('day'));
create macro at_least_one(share, rows) as greatest(1, round(share * rows))::bigint;
create macro new_id(prefix, purpose, n) as
    printf('%s-%s-%s-%d', prefix, strftime(getvariable('day')::date, '%Y%m%d'), purpose, n);
create macro at_hour(hour) as getvariable('day')::date + to_hours(hour);
create macro recently(day_of_it, days) as day_of_it > getvariable('day')::date - days and day_of_it < getvariable('day')::date;

-- The versions that count; only the tables of which rows are amended or matched.
create table work.invoices as
select * from landed.invoices
qualify row_number() over (partition by invoice_id order by updated_at desc nulls last, filename desc) = 1;

create table work.receipts as
select * from landed.receipts
qualify row_number() over (partition by receipt_id order by updated_at desc nulls last, filename desc) = 1;

create table work.control_balances as
select * from landed.control_balances
qualify row_number() over (
    partition by company_id, currency_code, balance_date order by updated_at desc nulls last, filename desc
) = 1;

-- How many rows of each kind: the late share is cut into its five kinds.
create table work.sizes as
select
    at_least_one(getvariable('new_share'), (select count(*) from work.invoices)) as new_invoices,
    at_least_one(getvariable('new_share'), (select count(*) from work.receipts)) as new_receipts,
    at_least_one(getvariable('new_share'), (select count(*) from landed.activities)) as new_activities,
    at_least_one(getvariable('late_share') / 5, (select count(*) from work.invoices)) as late_of_a_kind;

-- Invoices nothing has happened to: what is paid, amended or deleted below is taken from these, each once.
create table work.untouched as
select *, row_number() over (order by draw(invoice_id, 'untouched')) as place
from work.invoices
where
    not coalesce(is_deleted, false) and voided_date is null and invoice_type = 'invoice'
    and recently(invoice_date, 120)
    and invoice_id not in (select invoice_id from landed.applications)
    and invoice_id not in (select invoice_id from landed.instalments)
    and invoice_id not in (select invoice_id from landed.adjustments)
    and invoice_id not in (select invoice_id from landed.disputes)
    and invoice_id not in (select invoice_id from landed.placements)
    and invoice_id not in (select invoice_id from landed.promises where invoice_id is not null)
    and invoice_id not in (select invoice_id from landed.activities where invoice_id is not null)
    and invoice_id not in (select invoice_id from landed.credit_memos where invoice_id is not null);

-- Invoices to make new ones like.
create table work.patterns as
select *, row_number() over (order by draw(invoice_id, 'pattern')) as place
from work.invoices
where
    not coalesce(is_deleted, false) and voided_date is null and invoice_type = 'invoice'
    and invoice_date between getvariable('day')::date - 400 and getvariable('day')::date - 60;

-- Receipts whose reversal moves nothing but themselves: all applied in one currency and company, without discount.
create table work.reversible as
with odd as (
    select applications.receipt_id
    from landed.applications as applications
    inner join work.invoices as invoices on applications.invoice_id = invoices.invoice_id
    inner join work.receipts as receipts on applications.receipt_id = receipts.receipt_id
    where
        coalesce(applications.discount_amount, 0) <> 0 or applications.unapplied_date is not null
        or applications.source_amount is not null
        or invoices.company_id <> receipts.company_id or invoices.currency_code <> receipts.currency_code
)

select *, row_number() over (order by draw(receipt_id, 'reversible')) as place
from work.receipts
where
    not coalesce(is_deleted, false) and reversed_date is null
    and recently(receipt_date, 60)
    and receipt_id not in (select receipt_id from odd)
    and receipt_id not in (select receipt_id from landed.refunds where receipt_id is not null)
    and receipt_id not in (select receipt_id from landed.reversals);

-- Which untouched invoice meets which fate.
create table work.fated as
select
    untouched.*,
    case
        when place <= late_of_a_kind then 'deleted'
        when place <= 2 * late_of_a_kind then 'amended'
        when place <= 3 * late_of_a_kind then 'paid_backdated'
        when place <= 3 * late_of_a_kind + new_receipts then 'paid'
    end as fate
from work.untouched as untouched
cross join work.sizes;

create table work.new_invoices as
select
    new_id('I', case when place <= new_invoices then 'new' else 'late' end, place) as invoice_id,
    company_id, customer_id, invoice_type, currency_code, amount, tax_amount, is_credit_sale,
    -- The late ones were issued weeks ago, up to a year.
    case when place <= new_invoices then getvariable('day')::date else invoice_date end as new_date,
    (due_date - invoice_date)::integer as days_to_due
from work.patterns
cross join work.sizes
where place <= new_invoices + late_of_a_kind;

create table work.new_payments as
select
    new_id('R', fate, place) as receipt_id,
    new_id('A', fate, place) as application_id,
    invoice_id, company_id, customer_id, currency_code, amount,
    case fate
        when 'paid' then getvariable('day')::date
        else greatest(invoice_date, getvariable('day')::date - 35)
    end as payment_date
from work.fated
where fate in ('paid', 'paid_backdated');

create table work.reversed as
select
    reversible.* exclude (place),
    greatest(receipt_date, getvariable('day')::date - 3) as new_reversed_date
from work.reversible as reversible
cross join work.sizes
where place <= late_of_a_kind;

create table news.invoices as
select
    invoice_id, company_id, customer_id, invoice_id as invoice_number, invoice_type, new_date as invoice_date,
    (new_date + days_to_due)::date as due_date, currency_code, amount, tax_amount, is_credit_sale,
    null::date as voided_date, null::timestamp as updated_at, null::boolean as is_deleted, at_hour(9) as recorded_at
from work.new_invoices
union all
select
    invoice_id, company_id, customer_id, invoice_number, invoice_type, invoice_date,
    due_date, currency_code,
    case fate when 'amended' then round(amount * 1.05, 2)::decimal(18, 2) else amount end as amount,
    tax_amount, is_credit_sale, voided_date, at_hour(10) as updated_at, fate = 'deleted' as is_deleted,
    at_hour(10) as recorded_at
from work.fated
where fate in ('amended', 'deleted');

create table news.receipts as
select
    receipt_id, company_id, customer_id, payment_date as receipt_date, currency_code, amount,
    'transfer' as payment_method, null::varchar as reference, null::date as reversed_date,
    null::varchar as reversal_reason, null::timestamp as updated_at, null::boolean as is_deleted,
    at_hour(11) as recorded_at
from work.new_payments
union all
select
    receipt_id, company_id, customer_id, receipt_date, currency_code, amount,
    payment_method, reference, new_reversed_date as reversed_date,
    'returned' as reversal_reason, at_hour(12) as updated_at, is_deleted, at_hour(12) as recorded_at
from work.reversed;

create table news.applications as
select
    application_id, receipt_id, invoice_id, payment_date as applied_date, amount, at_hour(11) as recorded_at
from work.new_payments;

create table news.activities as
select
    new_id('ACT', 'new', row_number() over (order by draw(activity_id, 'pattern'))) as activity_id,
    (getvariable('day')::date + (occurred_at - date_trunc('day', occurred_at)))::timestamp as occurred_at,
    customer_id, employee_id, invoice_id, case_id, channel, direction, outcome, is_conversation, duration_seconds,
    notice_type, has_opt_out_text, null::timestamp as updated_at, at_hour(20) as recorded_at
from landed.activities
-- An agency's notice, on a day on which it no longer has the debt, would be the first its owner ever sent: all contacts
-- of the owner's would have to be judged again.
where recently(occurred_at::date, 90) and notice_type is distinct from 'validation'
order by draw(activity_id, 'pattern')
limit (select new_activities from work.sizes);

create table news.exchange_rates as
select getvariable('day')::date as rate_date, from_currency, to_currency, rate, at_hour(15) as recorded_at
from landed.exchange_rates
qualify row_number() over (partition by from_currency, to_currency order by rate_date desc, filename desc) = 1;

-- The general ledger follows: what was posted late moves the control balances of the days between.
create table news.control_balances as
with changes as (
    select company_id, currency_code, new_date as effective_date, amount from work.new_invoices
    union all
    select company_id, currency_code, payment_date, -amount from work.new_payments
    union all
    select company_id, currency_code, new_reversed_date, amount from work.reversed
    union all
    select
        company_id, currency_code, invoice_date,
        case fate when 'deleted' then -amount else round(amount * 1.05, 2)::decimal(18, 2) - amount end
    from work.fated
    where fate in ('amended', 'deleted')
)

select
    balances.company_id, balances.currency_code, balances.balance_date,
    (any_value(balances.balance) + sum(changes.amount))::decimal(18, 2) as balance,
    at_hour(22) as updated_at, at_hour(22) as recorded_at
from work.control_balances as balances
inner join changes
    on
        balances.company_id = changes.company_id and balances.currency_code = changes.currency_code
        and balances.balance_date >= changes.effective_date
group by balances.company_id, balances.currency_code, balances.balance_date;
