-- The general ledger's control account at every month's end, and at the last day, from every change of every open item.
-- It is booked at the close of a balance day out of what was known then; when later entries change a past balance, the
-- next closing lands it again. So the latest version ties out, and so does the one known at any earlier closing.
create table made.changes as
-- Invoices, with what was known of them first and what a correction added.
select company_id, currency_code, invoice_date as effective_date, recorded_at, first_amount as amount
from made.invoice_records
union all
select company_id, currency_code, invoice_date, amended_at, amount - first_amount from made.invoice_records
where amount <> first_amount
union all
select company_id, currency_code, invoice_date, deleted_at, -amount from made.invoice_records
where deleted_at is not null
union all
select company_id, currency_code, voided_date, amended_at, -amount from made.invoice_records
where voided_date is not null
union all
select invoices.company_id, invoices.currency_code, greatest(adjustments.adjustment_date, invoices.invoice_date),
    adjustments.recorded_at,
    adjustments.amount
from landing.adjustments as adjustments
inner join made.invoice_records as invoices using (invoice_id)
union all
select company_id, currency_code, credit_memo_date, recorded_at, -amount from made.credit_memo_records
union all
select company_id, currency_code, voided_date, voided_at, amount from made.credit_memo_records
where voided_date is not null
union all
select company_id, currency_code, receipt_date, recorded_at, -amount from made.receipt_records
union all
select company_id, currency_code, reversed_date, reversed_at, amount from made.receipt_records
where reversed_date is not null
union all
select company_id, currency_code, receipt_date, recorded_at, -amount from made.receipt_records
where copy_deleted_at is not null
union all
select company_id, currency_code, receipt_date, copy_deleted_at, amount from made.receipt_records
where copy_deleted_at is not null
union all
-- An application moves the invoice and its source; the two differ by the discount, and by company or currency.
select invoice_company_id, invoice_currency, greatest(applied_date, invoice_date, source_date), recorded_at,
    -amount - discount_amount
from made.application_records
union all
select source_company_id, source_currency, greatest(applied_date, invoice_date, source_date), recorded_at,
    coalesce(source_amount, amount)
from made.application_records
union all
select invoice_company_id, invoice_currency, least(unapplied_date, source_undone_date),
    case when unapplied_date <= source_undone_date or source_undone_date is null then unapplied_at
        else greatest(source_undone_at, recorded_at) end,
    amount + discount_amount
from made.application_records where least(unapplied_date, source_undone_date) is not null
union all
select source_company_id, source_currency, least(unapplied_date, source_undone_date),
    case when unapplied_date <= source_undone_date or source_undone_date is null then unapplied_at
        else greatest(source_undone_at, recorded_at) end,
    -coalesce(source_amount, amount)
from made.application_records where least(unapplied_date, source_undone_date) is not null
union all
select coalesce(receipts.company_id, memos.company_id), coalesce(receipts.currency_code, memos.currency_code),
    refunds.refund_date,
    refunds.recorded_at, refunds.amount
from landing.refunds as refunds
left join made.receipt_records as receipts on refunds.receipt_id = receipts.receipt_id
left join made.credit_memo_records as memos on refunds.credit_memo_id = memos.credit_memo_id
union all
-- The receipt is less by what is charged back, and so is what it had paid: the invoice is open again.
select applications.invoice_company_id, applications.invoice_currency, reversals.reversal_date, reversals.recorded_at,
    reversals.amount
from landing.reversals as reversals
inner join made.application_records as applications using (receipt_id)
where applications.unapplied_date is null or applications.unapplied_date > reversals.reversal_date;

create table landing.control_balances as
with balance_days as (
    select distinct least(month_end, end_day()) as day from made.months
),

accounts as (
    select company_id, currency_code, min(effective_date) as first_date from made.changes group by all
),

-- Each change under the first closing that holds it and the first that knew of it.
cells as (
    select company_id, currency_code, held.day as held_day, known.day as known_day, sum(amount) as amount
    from made.changes as changes
    asof join balance_days as held on changes.effective_date <= held.day
    asof join balance_days as known on changes.recorded_at::date <= known.day
    group by all
),

grid as (
    select accounts.*, held.day as held_day, known.day as known_day, coalesce(cells.amount, 0) as amount
    from accounts
    cross join balance_days as held
    cross join balance_days as known
    left join cells
        on accounts.company_id = cells.company_id and accounts.currency_code = cells.currency_code
        and held.day = cells.held_day and known.day = cells.known_day
),

known_so_far as (
    select *, sum(amount) over (partition by company_id, currency_code, held_day order by known_day) as known_amount
    from grid
),

balances as (
    select *, sum(known_amount) over (partition by company_id, currency_code, known_day order by held_day) as balance
    from known_so_far
),

versions as (
    select *, lag(balance) over (partition by company_id, currency_code, held_day order by known_day) as balance_before
    from balances
    where held_day >= first_date and known_day >= held_day
)

select
    company_id, currency_code, held_day as balance_date, balance::decimal(18, 2) as balance,
    known_day::timestamp + interval 86370 seconds as updated_at,
    known_day::timestamp + interval 86370 seconds as recorded_at
from versions
where known_day = held_day or balance <> balance_before;
