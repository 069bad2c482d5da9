-- Credit memos, adjustments and disputes as they are landed. Nothing is recorded before the invoice it speaks of.
create table made.credit_memo_records as
select
    memos.*,
    greatest(recorded(memos.credit_memo_date, memos.credit_memo_id, 'memo'), invoices.recorded_at) as recorded_at,
    case when memos.voided_date is not null then greatest(
        recorded(memos.voided_date, memos.credit_memo_id, 'memo-void'),
        recorded(memos.credit_memo_date, memos.credit_memo_id, 'memo') + interval 20 minutes,
        invoices.recorded_at + interval 20 minutes) end as voided_at
from made.credit_memos as memos
left join made.invoice_records as invoices using (invoice_id);

create table landing.credit_memos as
with versions as (
    select *, 1 as version, recorded_at as known_at from made.credit_memo_records
    union all
    select *, 2 as version, voided_at as known_at from made.credit_memo_records where voided_at is not null
)

select
    credit_memo_id, company_id, customer_id, invoice_id, credit_memo_date, currency_code, amount, reason_code,
    case version when 2 then voided_date end as voided_date,
    known_at as updated_at, known_at as recorded_at
from versions;

create table landing.adjustments as
select
    adjustments.*, greatest(recorded(adjustment_date, adjustment_id, 'adjustment'), invoices.recorded_at) as updated_at,
    greatest(recorded(adjustment_date, adjustment_id, 'adjustment'), invoices.recorded_at) as recorded_at
from made.adjustments as adjustments
inner join made.invoice_records as invoices using (invoice_id);

create table landing.disputes as
with facts as (
    select
        disputes.*, printf('DS-%05d', row_number() over (order by disputes.opened_date, disputes.invoice_id))
            as dispute_id,
        greatest(recorded(disputes.opened_date, disputes.invoice_id, 'dispute'), invoices.recorded_at) as opened_at,
        case when disputes.closed_date <= end_day() then greatest(
            recorded(disputes.closed_date, disputes.invoice_id, 'dispute-end'),
            recorded(disputes.opened_date, disputes.invoice_id, 'dispute') + interval 20 minutes,
            invoices.recorded_at + interval 20 minutes) end as closed_at
    from made.disputes as disputes
    inner join made.invoice_records as invoices using (invoice_id)
),

versions as (
    select *, 1 as version, opened_at as known_at from facts
    union all
    select *, 2 as version, closed_at as known_at from facts where closed_at is not null
)

select
    dispute_id, invoice_id, opened_date,
    case version when 2 then closed_date end as closed_date,
    reason_code, amount,
    case version when 2 then resolution end as resolution,
    known_at as updated_at, known_at as recorded_at
from versions;
