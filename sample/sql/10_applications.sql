-- Which receipt or memo settled which invoice. One in a hundred and fifty goes to the wrong invoice of the customer
-- first, or to the right one too early, and is undone and made again.
create table made.applications as
with of_receipts as (
    select
        receipts.receipt_id, null as credit_memo_id, lines.invoice_id, lines.part, lines.amount,
        -- The second sending of a bounced payment comes too late for the discount that goes with it: none was for
        -- those.
        lines.discount_amount,
        case when lines.receipt_currency <> lines.currency_code then lines.source_amount end as source_amount,
        case
            when not lines.is_prepaid then receipts.applied_date
            -- Half the prepayments are applied when the invoice is issued, half ahead of it.
            when draw(lines.invoice_id, 'ahead') < 0.5 then receipts.receipt_date
            else greatest(receipts.receipt_date, lines.invoice_date)
        end as applied_date,
        lines.invoice_date, receipts.receipt_date as source_date, receipts.reversed_date as source_undone_date
    from made.payment_lines as lines
    inner join made.receipts as receipts using (receipt_key)
),

of_memos as (
    select
        null as receipt_id, credit_memo_id, invoice_id, 0 as part, applied_amount as amount,
        0::decimal(18, 2) as discount_amount,
        null::decimal(18, 2) as source_amount, applied_date, null::date as invoice_date,
        credit_memo_date as source_date,
        voided_date as source_undone_date
    from made.credit_memos
    where invoice_id is not null
),

applied as (
    select *, invoice_id || '/' || part || '/' || coalesce(receipt_id, credit_memo_id) as draw_key
    from (select * from of_receipts union all by name select * from of_memos)
    where greatest(applied_date, invoice_date) <= end_day()
),

-- Materialized, so that the few are joined with the many and not the many with themselves.
mistaken as materialized (
    select
        applied.*, own.customer_id, own.company_id, own.currency_code,
        (applied_date + whole(draw_key, 'redone', 2, 20))::date as redone_date
    from applied
    inner join made.fates as own using (invoice_id)
    where draw(draw_key, 'mistake') < 0.007 and source_undone_date is null and discount_amount = 0
        and applied_date >= coalesce(applied.invoice_date, applied_date)
),

-- The invoice hit by mistake: open all the while, large enough, and hit once.
wrong_invoices as (
    select mistaken.draw_key, others.invoice_id as wrong_invoice_id
    from mistaken
    inner join made.fates as others using (customer_id, company_id, currency_code)
    where mistaken.invoice_id <> others.invoice_id and others.fate = 'full' and others.amount >= mistaken.amount
        and others.invoice_date <= mistaken.applied_date and others.pay_date > mistaken.redone_date
    qualify row_number() over (partition by others.invoice_id order by mistaken.draw_key) = 1
        and row_number() over (partition by mistaken.draw_key order by others.invoice_id) = 1
),

redone as (
    select mistaken.*, coalesce(wrong_invoices.wrong_invoice_id, mistaken.invoice_id) as first_invoice_id
    from mistaken
    left join wrong_invoices using (draw_key)
    where redone_date <= end_day()
),

lines as (
    select * replace (first_invoice_id as invoice_id), 1 as try, redone_date as unapplied_date from redone
    union all by name
    select * replace (redone_date as applied_date), 2 as try, null::date as unapplied_date from redone
    union all by name
    select *, 1 as try, null::date as unapplied_date from applied where draw_key not in (select draw_key from redone)
)

select
    printf('AP-%06d', row_number() over (order by applied_date, draw_key, try)) as application_id,
    receipt_id, credit_memo_id, invoice_id, applied_date, amount::decimal(18, 2) as amount, discount_amount,
    source_amount, unapplied_date,
    source_date, source_undone_date
from lines;
