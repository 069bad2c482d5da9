-- Money given back: overpayments and deposits out of receipts, goodwill out of memos. The rest stays open.
create table made.refunds as
with given as (
    select
        receipt_id, null as credit_memo_id, case when is_deposit then amount else overpaid end as amount,
        (receipt_date + whole(receipt_key, 'refund', 12, 70))::date as refund_date
    from made.receipts
    where (is_deposit or overpaid > 0) and reversed_date is null and draw(receipt_key, 'refunded') < 0.62
    union all
    select null, credit_memo_id, amount - applied_amount, refund_date
    from made.credit_memos
    where refund_date is not null and voided_date is null and amount > applied_amount
)

select
    printf('RF-%05d', row_number() over (order by refund_date, coalesce(receipt_id, credit_memo_id))) as refund_id, *
from given
where refund_date <= end_day();
