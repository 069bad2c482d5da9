-- Consumers' debts that an agency gets early, and how it handles them: six stories, which take turns, of keeping the
-- rules on contacting and of breaking them. They are landed after everything else and drawn from by nothing.
create table made.consumer_placements as
select
    *, row_number() over (order by placed_date, invoice_id) as place,
    (row_number() over (order by placed_date, invoice_id) - 1) % 6 as story
from (
    select
        fates.invoice_id, fates.customer_id, fates.pay_date as recalled_date, cards.region, invoices.recorded_at,
        working_day((fates.expected_date + 10)::date) as placed_date
    from made.fates as fates
    inner join made.customers as customers using (customer_id)
    inner join made.customer_cards as cards using (customer_id)
    inner join made.invoice_records as invoices using (invoice_id)
    where customers.is_consumer and fates.fate = 'full' and fates.invoice_type = 'invoice'
        and fates.pay_date between fates.expected_date + 28 and end_day()
);

insert into landing.placements by name
with versions as (
    select *, 1 as version, greatest(placed_date::timestamp + interval 9 hours, recorded_at) as known_at
    from made.consumer_placements
    union all
    select *, 2 as version, greatest(recalled_date::timestamp + interval 19 hours, recorded_at + interval 1 hour)
    from made.consumer_placements
)

select
    printf('PL-A%04d', place) as placement_id, invoice_id, 'Harbour Credit Services' as agency_name, placed_date,
    case version when 2 then recalled_date end as recalled_date, known_at as updated_at, known_at as recorded_at
from versions;

-- Days since the placement (of the last story: since three days before it is paid); minutes since noon in the middle
-- of the Americas, where nobody is asleep at noon.
create table made.agency_steps as
select * from (values
    -- All as it should be.
    (0, 1, 0, 'letter', 'outbound', 'delivered', 'validation', null),
    (0, 4, 0, 'phone', 'outbound', 'voicemail', null, null),
    (0, 9, 0, 'phone', 'outbound', 'refused_to_pay', null, null),
    (0, 17, 0, 'phone', 'outbound', 'no_answer', null, null),
    (0, 17, 30, 'email', 'outbound', 'delivered', 'reminder', true),
    -- Asked to call again, and called once more after that.
    (1, 1, 0, 'phone', 'outbound', 'callback_requested', null, null),
    (1, 3, 0, 'phone', 'outbound', 'spoke_no_commitment', null, null),
    (1, 4, 0, 'letter', 'outbound', 'delivered', 'validation', null),
    (1, 6, 0, 'phone', 'outbound', 'voicemail', null, null),
    (1, 7, 0, 'email', 'outbound', 'delivered', 'reminder', null),
    -- A dialler left alone: the busy line does not count, the eighth call does.
    (2, 1, 0, 'letter', 'outbound', 'delivered', 'validation', null),
    (2, 3, 0, 'phone', 'outbound', 'no_answer', null, null),
    (2, 3, 90, 'phone', 'outbound', 'no_answer', null, null),
    (2, 3, 180, 'phone', 'outbound', 'no_answer', null, null),
    (2, 4, 0, 'phone', 'outbound', 'no_answer', null, null),
    (2, 4, 90, 'phone', 'outbound', 'no_answer', null, null),
    (2, 4, 180, 'phone', 'outbound', 'voicemail', null, null),
    (2, 5, 0, 'phone', 'outbound', 'no_answer', null, null),
    (2, 5, 90, 'phone', 'outbound', 'busy', null, null),
    (2, 5, 180, 'phone', 'outbound', 'no_answer', null, null),
    -- Validated too late, called at night, written to after a stop request; confirming it and one answer are allowed.
    (3, 1, 0, 'phone', 'outbound', 'refused_to_pay', null, null),
    (3, 3, 1, 'email', 'outbound', 'delivered', 'opt_out_confirmation', false),
    (3, 5, 0, 'email', 'outbound', 'delivered', 'reminder', false),
    (3, 6, 0, 'email', 'inbound', 'replied', null, null),
    (3, 6, 60, 'email', 'outbound', 'delivered', null, true),
    (3, 8, 0, 'letter', 'outbound', 'delivered', 'validation', null),
    (3, 10, 690, 'phone', 'outbound', 'no_answer', null, null),
    -- Never validated, and called after a cease notice; telling that collecting ends is allowed.
    (4, 1, 0, 'sms', 'outbound', 'delivered', null, true),
    (4, 4, 0, 'phone', 'outbound', 'third_party', null, null),
    (4, 7, 0, 'letter', 'outbound', 'delivered', 'collection_ended', null),
    (4, 9, 0, 'phone', 'outbound', 'no_answer', null, null),
    -- Reached three days before the money: there is nothing left to validate.
    (5, 0, 0, 'phone', 'outbound', 'paid_on_call', null, null)
) as t(story, day, minute, channel, direction, outcome, notice_type, has_opt_out_text);

insert into landing.activities by name
with met as (
    select
        placed.*, steps.* exclude (story),
        (case placed.story when 5 then recalled_date - 3 else placed_date end + steps.day)::date::timestamp
        + interval 12 hours + to_hours(case region when 'Americas' then 6 when 'APAC' then -9 else -1 end)
        + to_minutes(steps.minute) as occurred_at
    from made.consumer_placements as placed
    inner join made.agency_steps as steps on placed.story = steps.story
)

select
    printf('AG-%05d', row_number() over (order by occurred_at, invoice_id)) as activity_id,
    occurred_at, customer_id, invoice_id, channel, direction, outcome,
    channel = 'phone' and outcome not in ('no_answer', 'voicemail', 'busy') as is_conversation,
    notice_type, has_opt_out_text, occurred_at + interval 5 minutes as updated_at,
    greatest(occurred_at + interval 5 minutes, recorded_at) as recorded_at
from met
where occurred_at::date < recalled_date;

insert into landing.contact_preferences by name
select
    customer_id, wish.channel, wish.preference, asked_at as received_at, recalled_date::timestamp as expires_at,
    asked_at + interval 30 minutes as updated_at, asked_at + interval 30 minutes as recorded_at
from (
    select placed.*, wish.*, (placed_date + wish.day)::timestamp + interval 18 hours as asked_at
    from made.consumer_placements as placed
    inner join (values (3, 3, 'email', 'stop'), (4, 6, 'all', 'cease')) as wish(wish_story, day, channel, preference)
        on placed.story = wish.wish_story
) as wish;
