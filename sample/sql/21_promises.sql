-- Promises to pay. Whether one is kept is not decided here: its due day and amount are set with an eye on what the
-- payer is about to send, and the receipts then say.
create table made.promises as
with won as (
    select
        activities.activity_id, activities.customer_id, activities.invoice_id, activities.employee_id,
        activities.recorded_at,
        activities.occurred_at::date as made_date, invoices.amount as invoice_amount, invoices.currency_code
    from made.activities as activities
    inner join made.invoice_records as invoices using (invoice_id)
    where activities.outcome = 'promise_to_pay'
),

-- The next money for that invoice, if any is on its way.
next_money as (
    select won.activity_id, min(lines.pay_date) as pay_date, min_by(lines.amount, lines.pay_date) as amount
    from won
    inner join made.payment_lines as lines on won.invoice_id = lines.invoice_id and lines.pay_date > won.made_date
    group by won.activity_id
),

meant as (
    select
        won.*, next_money.amount as next_amount,
        case
            when next_money.pay_date <= won.made_date + 28 and draw(won.activity_id, 'means-it') < 0.75
                then greatest(won.made_date + 1, next_money.pay_date + whole(won.activity_id, 'promise-slack', -3, 2))
            else won.made_date + whole(won.activity_id, 'promise-days', 3, 14)
        end::date as due_date,
        draw(won.activity_id, 'names-invoice') < 0.78 as names_invoice
    from won
    left join next_money using (activity_id)
)

select
    printf('PR-%05d', row_number() over (order by made_date, activity_id)) as promise_id,
    customer_id, case when names_invoice then invoice_id end as invoice_id, activity_id, employee_id, made_date,
    due_date,
    case
        when not names_invoice then greatest(10, floor(invoice_amount * 0.9 / 10) * 10)
        when draw(activity_id, 'promises-all') < 0.25 then invoice_amount
        else coalesce(next_amount, invoice_amount)
    end::decimal(18, 2) as amount,
    currency_code,
    case when draw(activity_id, 'cancels') < 0.05 and made_date + 3 <= end_day() then (made_date + 3)::date end
        as cancelled_date,
    recorded_at + interval 1 minute as recorded_at,
    draw(activity_id, 'promise-deleted') < 0.003 as was_deleted
from meant;

create table landing.promises as
with versions as (
    select *, 1 as version, recorded_at as known_at from made.promises
    union all
    select *, 2 as version, greatest(recorded_at + interval 5 minutes,
        recorded(cancelled_date, promise_id, 'cancelled')) as known_at
    from made.promises where cancelled_date is not null
)

select
    promise_id, customer_id, invoice_id, activity_id, employee_id, made_date, due_date, amount, currency_code,
    case version when 2 then cancelled_date end as cancelled_date,
    known_at as updated_at, null::boolean as is_deleted, known_at as recorded_at
from versions
union all by name
select promise_id, recorded_at + interval 4 minutes as updated_at, true as is_deleted,
    recorded_at + interval 4 minutes as recorded_at
from made.promises where was_deleted and cancelled_date is null;
