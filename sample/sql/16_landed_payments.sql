-- Receipts, applications, refunds and reversals as they are landed. Nothing is recorded before what it refers to.
create table made.receipt_records as
with recorded_once as (
    select *, recorded(receipt_date, receipt_id, 'receipt') as recorded_at from made.receipts
)

select
    *,
    case when reversed_date is not null
        then greatest(recorded(reversed_date, receipt_id, 'reversed'), recorded_at + interval 20 minutes) end
            as reversed_at,
    -- One in a thousand is keyed twice; the copy is deleted when somebody notices.
    case when draw(receipt_id, 'keyed-twice') < 0.001 then greatest(recorded_at + interval 20 minutes, recorded(
        least(receipt_date + whole(receipt_id, 'noticed', 1, 9), end_day())::date, receipt_id, 'noticed')) end
        as copy_deleted_at
from recorded_once;

create table landing.receipts as
with versions as (
    select *, 1 as version, receipt_id as landed_id, recorded_at as known_at from made.receipt_records
    union all
    select *, 2 as version, receipt_id as landed_id, reversed_at as known_at from made.receipt_records
    where reversed_at is not null
    union all
    select *, 1 as version, receipt_id || '-COPY' as landed_id, recorded_at as known_at from made.receipt_records
    where copy_deleted_at is not null
)

select
    landed_id as receipt_id, company_id, customer_id, receipt_date, currency_code, amount, payment_method,
    case when is_deposit then 'unknown' else upper(left(payment_method, 1)) || right(receipt_id, 6) end as reference,
    case version when 2 then reversed_date end as reversed_date,
    case version when 2 then reversal_reason end as reversal_reason,
    known_at as updated_at, null::boolean as is_deleted, known_at as recorded_at
from versions
union all by name
select receipt_id || '-COPY' as receipt_id, copy_deleted_at as updated_at, true as is_deleted,
    copy_deleted_at as recorded_at
from made.receipt_records where copy_deleted_at is not null;

create table made.application_records as
with met as (
    select
        applications.*,
        invoices.invoice_date, invoices.company_id as invoice_company_id, invoices.currency_code as invoice_currency,
        coalesce(receipts.company_id, memos.company_id) as source_company_id,
        coalesce(receipts.currency_code, memos.currency_code) as source_currency,
        coalesce(receipts.reversed_at, memos.voided_at) as source_undone_at,
        greatest(recorded(applications.applied_date, applications.application_id, 'application'), invoices.recorded_at,
            receipts.recorded_at, memos.recorded_at) as recorded_at
    from made.applications as applications
    inner join made.invoice_records as invoices using (invoice_id)
    left join made.receipt_records as receipts on applications.receipt_id = receipts.receipt_id
    left join made.credit_memo_records as memos on applications.credit_memo_id = memos.credit_memo_id
)

select
    *,
    case when unapplied_date is not null then greatest(
        recorded(unapplied_date, application_id, 'unapplied'), recorded_at + interval 20 minutes) end as unapplied_at
from met;

create table landing.applications as
with versions as (
    select *, 1 as version, recorded_at as known_at from made.application_records
    union all
    select *, 2 as version, unapplied_at as known_at from made.application_records where unapplied_at is not null
)

select
    application_id, receipt_id, credit_memo_id, invoice_id, applied_date, amount,
    case when discount_amount > 0 then discount_amount end as discount_amount,
    source_amount,
    case version when 2 then unapplied_date end as unapplied_date,
    known_at as updated_at, known_at as recorded_at
from versions;

create table landing.refunds as
select
    refunds.refund_id, refunds.receipt_id, refunds.credit_memo_id, refunds.refund_date, refunds.amount,
    greatest(recorded(refunds.refund_date, refunds.refund_id, 'refund'), receipts.recorded_at, memos.recorded_at)
        as updated_at,
    greatest(recorded(refunds.refund_date, refunds.refund_id, 'refund'), receipts.recorded_at, memos.recorded_at)
        as recorded_at
from made.refunds as refunds
left join made.receipt_records as receipts on refunds.receipt_id = receipts.receipt_id
left join made.credit_memo_records as memos on refunds.credit_memo_id = memos.credit_memo_id;

-- One in fifteen card payments is charged back in part, weeks later: of those that one invoice was paid with, whole and
-- in its currency, so that it is that invoice which is open again by the part.
create table landing.reversals as
with charged_back as (
    select
        receipts.receipt_id, applications.application_id,
        (greatest(receipts.receipt_date, applications.applied_date) + whole(receipts.receipt_id, 'charged-back', 9, 50))::date
            as reversal_date,
        money(receipts.amount * (0.15 + 0.5 * draw(receipts.receipt_id, 'charged-back-part')), receipts.currency_code) as amount,
        receipts.recorded_at as receipt_recorded_at, applications.recorded_at as application_recorded_at
    from made.receipt_records as receipts
    inner join made.application_records as applications using (receipt_id)
    where receipts.payment_method = 'card' and draw(receipts.receipt_id, 'is-charged-back') < 0.066
        and receipts.copy_deleted_at is null and receipts.reversed_date is null
        and applications.amount = receipts.amount and applications.source_amount is null
        and applications.unapplied_date is null and applications.invoice_date <= receipts.receipt_date
        and receipts.receipt_id not in (select receipt_id from landing.refunds where receipt_id is not null)
),

known as (
    select
        *, greatest(recorded(reversal_date, receipt_id, 'charged-back'), receipt_recorded_at + interval 20 minutes,
            application_recorded_at + interval 20 minutes) as known_at
    from charged_back
    where reversal_date <= end_day() and amount > 0
)

select
    printf('RV-%04d', row_number() over (order by reversal_date, receipt_id)) as reversal_id,
    receipt_id, reversal_date, amount,
    pick(receipt_id, 'charged-back-why', ['goods_not_received', 'goods_returned', 'charged_twice']) as reason,
    known_at as updated_at, known_at as recorded_at
from known;
