-- What collectors did: reminders, calls and demands while an invoice is late, contacts in cases, and promises won.

-- When an invoice was done with; none while it is open.
create table made.invoice_ends as
with lowered as (
    select invoice_id, amount + discount_amount as amount, greatest(applied_date, invoice_date) as day
    from made.application_records where unapplied_date is null and source_undone_date is null
    union all
    select invoice_id, -amount, adjustment_date from made.adjustments
),

ended as (
    select invoice_id, sum(amount) as amount, max(day) as day from lowered group by invoice_id
)

select
    records.invoice_id, records.customer_id, records.amount, records.expected_date, records.fate,
    least(
        case when ended.amount >= records.amount then ended.day end, records.voided_date, records.deleted_at::date,
        failures.placed_date, failures.write_off_date
    ) as chased_until
from made.invoice_records as records
left join ended using (invoice_id)
left join made.failures as failures using (invoice_id);

-- The steps of dunning: days after the due date, and how often each is taken.
create table made.late_steps as
with steps as (
    select * from (values
        (1, -4, 'email', 'upcoming_due', 0.12),
        (2, 3, 'email', 'reminder', 0.75),
        (3, 4, 'sms', 'reminder', 0.50),
        (4, 8, 'phone', null, 0.85),
        (5, 16, 'phone', null, 0.80),
        (6, 21, 'letter', 'first_demand', 0.80),
        (7, 28, 'phone', null, 0.80),
        (8, 36, 'email', 'second_demand', 0.80),
        (9, 44, 'phone', null, 0.75),
        (10, 60, 'letter', 'final_demand', 0.90),
        (11, 66, 'phone', null, 0.70),
        (12, 75, 'portal', 'placement_warning', 0.50),
        (13, 85, 'visit', null, 0.20),
        (14, 110, 'phone', null, 0.60),
        (15, 150, 'phone', null, 0.50)
    ) as t(step, day, channel, notice_type, odds)
)

select
    ends.invoice_id, ends.customer_id, ends.amount, ends.chased_until, steps.step, steps.channel, steps.notice_type,
    steps.odds, (ends.expected_date + steps.day)::date as first_date,
    ends.invoice_id || '/' || steps.step as draw_key
from made.invoice_ends as ends
cross join steps
where coalesce(ends.chased_until, end_day()) > ends.expected_date + steps.day
    and ends.expected_date + steps.day <= end_day()
    and ends.fate not in ('cash_sale', 'duplicate');

-- A table of its own, here and elsewhere: a filter on a drawn day would otherwise draw it once more for every mention.
create table made.due_steps as
select *, working_day(first_date + whole(draw_key, 'chase-day', 0, 3)) as chase_date
from made.late_steps
where draw(draw_key, 'chased') < odds;

-- Once a week and channel is enough, about the largest invoice; text messages are for consumers.
create table made.chases as
with once_a_week as (
    select due_steps.*, customers.is_consumer, customers.region
    from made.due_steps as due_steps
    inner join made.customer_cards as customers on due_steps.customer_id = customers.customer_id
    where due_steps.chase_date between start_day() and end_day()
        and (due_steps.chased_until is null or due_steps.chase_date < due_steps.chased_until)
        and (due_steps.channel <> 'sms' or customers.is_consumer)
    qualify row_number() over (
        partition by due_steps.customer_id, due_steps.channel, date_trunc('week', due_steps.chase_date)
        order by due_steps.amount desc, due_steps.invoice_id, due_steps.step) = 1
),

-- A dialler left alone: some consumers' last demands are followed by eight calls within days.
dialled as (
    select
        * replace ((chase_date + nth.n // 2)::date as chase_date, 'phone' as channel, null as notice_type,
            step * 100 + nth.n as step, draw_key || '/' || nth.n as draw_key)
    from once_a_week
    cross join (select unnest([2, 3, 4, 5, 6, 7, 8, 9]) as n) as nth
    where is_consumer and step in (6, 10) and draw(invoice_id, 'dialler') < 0.12
)

select * exclude (odds, chased_until, first_date), 'outbound' as direction
from (select * exclude (n) from dialled union all by name select * from once_a_week)
where chase_date <= end_day();

-- In a case the customer writes or calls; one answer closes most, some need more.
create table made.case_contacts as
with contacts as (
    select
        cases.*, nth.n as contact, cases.case_id || '/' || nth.n as draw_key,
        case when draw(cases.case_id, 'contacts') < 0.58 then 1
            when draw(cases.case_id, 'contacts') < 0.85 then 2 else 4 end as contact_count
    from made.cases as cases
    cross join (select unnest([1, 2, 3, 4]) as n) as nth
)

select
    case_id, customer_id, draw_key, case contact % 2 when 1 then 'inbound' else 'outbound' end as direction,
    pick(draw_key, 'case-channel', ['phone', 'phone', 'email', 'email', 'portal']) as channel,
    case
        when contact = contact_count and closed_at is not null then 'resolved'
        when contact = 1 and case_type = 'complaint' then 'complaint_taken'
        when contact = 1 and case_type = 'dispute' then 'dispute_raised'
        when contact = 1 then 'inquiry_taken'
        else 'information_given'
    end as forced_outcome,
    (opened_at + (coalesce(closed_at, opened_at + interval 10 days) - opened_at) * ((contact - 1) / 4.0)) as contact_at
from contacts
where contact <= contact_count
    and opened_at + (coalesce(closed_at, opened_at + interval 10 days) - opened_at) * ((contact - 1) / 4.0)
    < end_day() + interval 20 hours;

create table made.activities as
with chased as (
    select
        draw_key, customer_id, invoice_id, null as case_id, channel, direction, notice_type, is_consumer, step,
        null as forced_outcome,
        -- Local office hours, in UTC; one in a hundred and twenty is at an hour no one likes.
        chase_date::timestamp + to_seconds(
            3600 * case region when 'Americas' then 6 when 'APAC' then -9 else -1 end
            + case when draw(draw_key, 'odd-hour') < 0.008 then whole(draw_key, 'odd', 73000, 77000)
                else whole(draw_key, 'time', 32400, 61000) end) as occurred_at,
        draw(draw_key, 'outcome') as luck
    from made.chases
),

answered as (
    select
        contacts.draw_key, contacts.customer_id, null as invoice_id, contacts.case_id, contacts.channel,
        contacts.direction, null as notice_type, customers.is_consumer, 0 as step, contacts.forced_outcome,
        date_trunc('second', contacts.contact_at + interval 2 minutes) as occurred_at, 0.5 as luck
    from made.case_contacts as contacts
    inner join made.customers as customers using (customer_id)
),

met as materialized (
    select
        *,
        case
            when forced_outcome is not null then forced_outcome
            when step >= 100 then case when luck < 0.85 then 'no_answer' else 'voicemail' end
            when channel = 'phone' then case
                when luck < 0.27 then 'no_answer'
                when luck < 0.43 then 'voicemail'
                when luck < 0.47 then 'busy'
                when luck < 0.49 then 'wrong_number'
                when luck < 0.58 then 'third_party'
                when luck < 0.78 then 'promise_to_pay'
                when luck < 0.82 then 'paid_on_call'
                when luck < 0.86 then 'dispute_raised'
                when luck < 0.89 then 'refused_to_pay'
                when luck < 0.94 then 'callback_requested'
                else 'spoke_no_commitment'
            end
            when channel = 'visit' then case
                when luck < 0.50 then 'nobody_there'
                when luck < 0.75 then 'promise_to_pay'
                else 'refused_to_pay'
            end
            when luck < 0.90 then 'delivered'
            when luck < 0.94 then 'undeliverable'
            when luck < 0.98 then 'replied'
            else 'promise_to_pay'
        end as outcome
    from (select * from chased union all by name select * from answered)
    where occurred_at < end_day() + interval 20 hours and occurred_at >= start_day()
),

staffed as (
    select
        met.*,
        case when assignments.valid_to is null or met.occurred_at::date <= assignments.valid_to
            then assignments.employee_id end as employee_id
    from met
    asof left join made.assignments as assignments
        on met.customer_id = assignments.customer_id and met.occurred_at::date >= assignments.valid_from
)

select
    printf('AC-%06d', row_number() over (order by occurred_at, draw_key)) as activity_id,
    * exclude (luck, forced_outcome),
    channel in ('phone', 'visit') and outcome not in ('no_answer', 'voicemail', 'busy', 'nobody_there')
        as is_conversation,
    least(case when draw(draw_key, 'keyed-late') < 0.95 then occurred_at + interval 4 minutes
        else occurred_at + to_hours(whole(draw_key, 'keyed-hours', 12, 190)) end,
        end_day()::timestamp + interval 86000 seconds) as recorded_at,
    draw(draw_key, 'deleted') < 0.0008 and outcome in ('no_answer', 'voicemail', 'delivered') as was_deleted
from staffed;

create table landing.activities as
select
    activity_id, occurred_at, customer_id, employee_id, invoice_id, case_id, channel, direction, outcome,
    is_conversation,
    case
        when channel = 'phone' and is_conversation then whole(activity_id, 'talked', 45, 900)
        when channel = 'phone' then whole(activity_id, 'rang', 8, 50)
    end as duration_seconds,
    notice_type,
    case when channel in ('email', 'sms') and direction = 'outbound' then draw(activity_id, 'opt-out') < 0.94 end
        as has_opt_out_text,
    recorded_at as updated_at, null::boolean as is_deleted, recorded_at
from made.activities
union all by name
select activity_id, recorded_at + interval 3 minutes as updated_at, true as is_deleted,
    recorded_at + interval 3 minutes as recorded_at
from made.activities where was_deleted;
