-- Credit memos: for returns, for disputes the customer won, and as goodwill that names no invoice.
create table made.credit_memos as
with returned as (
    select
        invoice_id, company_id, customer_id, currency_code,
        working_day(invoice_date + whole(invoice_id, 'returned', 4, 24)) as credit_memo_date,
        left_out as applied_amount,
        -- Some are generous: what the invoice doesn't take stays open, or is paid out.
        case when draw(invoice_id, 'generous') < 0.10 then money(left_out * 1.2, currency_code) else left_out end
            as amount,
        'return' as reason_code, whole(invoice_id, 'memo-lag', 0, 12) as lag_days,
        case when fate = 'memo_voided' then 30 + whole(invoice_id, 'memo-void', 0, 20) end as void_days,
        case when fate = 'return' and draw(invoice_id, 'rest-refunded') < 0.5
            then whole(invoice_id, 'rest-refund', 20, 60) end as refund_days,
        invoice_id as draw_key
    from made.fates where fate in ('return', 'memo_voided')
),

conceded as (
    select
        invoice_id, company_id, customer_id, currency_code, working_day(closed_date) as credit_memo_date,
        amount as applied_amount, amount, reason_code, 0 as lag_days, null::integer as void_days,
        null::integer as refund_days, invoice_id as draw_key
    from made.disputes where resolution = 'credited'
),

-- A rebate or a gesture: some wait to be used, some are paid out, some withdrawn.
goodwill as (
    select
        null as invoice_id, company_id, customer_id, currency_code, working_day(invoice_date + 9) as credit_memo_date,
        0::decimal(18, 2) as applied_amount, money(amount * 0.06, currency_code) as amount,
        case when draw(invoice_id, 'rebate') < 0.6 then 'rebate' else 'goodwill' end as reason_code,
        null::integer as lag_days,
        case when draw(invoice_id, 'goodwill-end') < 0.18 then whole(invoice_id, 'goodwill-void', 3, 60) end
            as void_days,
        case when draw(invoice_id, 'goodwill-end') > 0.30 then whole(invoice_id, 'goodwill-refund', 10, 90) end
            as refund_days,
        invoice_id as draw_key
    from made.fates
    where fate = 'full' and invoice_type = 'invoice' and draw(invoice_id, 'goodwill') < 0.012
),

dated as (
    select * from returned
    union all by name select * from conceded
    union all by name select * from goodwill
)

select
    printf('CM-%06d', row_number() over (order by credit_memo_date, draw_key, reason_code)) as credit_memo_id,
    * exclude (lag_days, void_days, refund_days),
    (credit_memo_date + lag_days)::date as applied_date,
    so_far((credit_memo_date + void_days)::date) as voided_date,
    so_far((credit_memo_date + refund_days)::date) as refund_date
from dated
where credit_memo_date <= end_day() and amount > 0;
