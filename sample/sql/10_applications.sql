-- Which receipt or memo settled which invoice. One in a hundred and fifty is put on the wrong track first and undone.
create table made.applications as
with of_receipts as (
    select
        receipts.receipt_id, null as credit_memo_id, lines.invoice_id, lines.part, lines.amount,
        -- The second sending of a bounced payment comes too late for the discount that goes with it: none was for those.
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
        null as receipt_id, credit_memo_id, invoice_id, 0 as part, amount, 0::decimal(18, 2) as discount_amount,
        null::decimal(18, 2) as source_amount, applied_date, null::date as invoice_date, credit_memo_date as source_date,
        voided_date as source_undone_date
    from made.credit_memos
    where invoice_id is not null
),

applied as (
    select *, invoice_id || '/' || part || '/' || coalesce(receipt_id, credit_memo_id) as draw_key
    from (select * from of_receipts union all by name select * from of_memos)
    where greatest(applied_date, invoice_date) <= getvariable('last_day')
),

mistaken as (
    select *, draw(draw_key, 'mistake') < 0.007 and source_undone_date is null and discount_amount = 0
        and applied_date >= coalesce(invoice_date, applied_date) as was_redone,
        (applied_date + whole(draw_key, 'redone', 2, 20))::date as redone_date
    from applied
),

lines as (
    select *, 1 as try, case when was_redone and redone_date <= getvariable('last_day') then redone_date end as unapplied_date from mistaken
    union all by name
    select * replace (redone_date as applied_date), 2 as try, null::date as unapplied_date
    from mistaken where was_redone and redone_date <= getvariable('last_day')
)

select
    printf('AP-%06d', row_number() over (order by applied_date, draw_key, try)) as application_id,
    receipt_id, credit_memo_id, invoice_id, applied_date, amount::decimal(18, 2) as amount, discount_amount, source_amount, unapplied_date,
    source_date, source_undone_date
from lines;
