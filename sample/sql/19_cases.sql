-- Customers' cases and what they thought of the service.
create table made.cases as
with asked as materialized (
    select
        customers.customer_id, customers.customer_id || '/' || months.month_number as draw_key,
        pick(customers.customer_id || '/' || months.month_number, 'case-type',
            ['inquiry', 'inquiry', 'inquiry', 'inquiry', 'complaint', 'complaint', 'hardship']) as case_type,
        working_day((months.month_start
            + whole(customers.customer_id || '/' || months.month_number, 'case-day', 0, 27))::date) as opened_date,
        whole(customers.customer_id || '/' || months.month_number, 'case-days', 0, 14) as open_days
    from made.customers as customers
    inner join made.months as months on months.month_start > customers.created_date
        and (customers.closed_date is null or months.month_start < customers.closed_date)
    where draw(customers.customer_id || '/' || months.month_number, 'case') < 0.045
),

disputed as (
    select
        customer_id, invoice_id || '/case' as draw_key, 'dispute' as case_type, opened_date,
        (closed_date - opened_date)::integer as open_days
    from made.disputes where draw(invoice_id, 'has-case') < 0.6
),

timed as (
    select
        *, (opened_date::timestamp + to_seconds(whole(draw_key, 'case-time', 28800, 61200))) as opened_at
    from (select * from asked union all by name select * from disputed)
    where opened_date <= end_day()
),

closed as (
    select
        *, (opened_at + to_days(open_days) + to_seconds(whole(draw_key, 'case-work', 600, 18000))) as would_close
    from timed
),

reopened as (
    select
        *,
        case when would_close < end_day() + interval 20 hours then would_close end as closed_at,
        case when draw(draw_key, 'reopened') < 0.08
            then would_close + to_days(whole(draw_key, 'reopened-days', 1, 28)) end as would_reopen
    from closed
)

select
    printf('CS-%05d', row_number() over (order by opened_at, draw_key)) as case_id, customer_id, case_type, opened_at,
    closed_at,
    case when would_reopen < end_day() + interval 20 hours then would_reopen end as reopened_at
from reopened;

create table landing.cases as
with versions as (
    select *, 1 as version, opened_at + interval 5 minutes as known_at from made.cases
    union all
    select *, 2 as version, closed_at + interval 5 minutes as known_at from made.cases where closed_at is not null
    union all
    select *, 3 as version, reopened_at + interval 5 minutes as known_at from made.cases where reopened_at is not null
)

select
    case_id, customer_id, case_type, opened_at,
    case when version >= 2 then closed_at end as closed_at,
    case when version = 3 then reopened_at end as reopened_at,
    known_at as updated_at, known_at as recorded_at
from versions;

create table made.surveys as
with sent as (
    select
        case_id as draw_key, customer_id, case_id, date_trunc('minute', closed_at + interval 20 hours) as sent_at,
        -- Long waits and reopened cases are not forgiven.
        4.3 - least(2.2, datediff('day', opened_at, closed_at) / 20.0) - case
            when reopened_at is not null then 1 else 0 end as mood
    from made.cases
    where closed_at is not null and draw(case_id, 'surveyed') < 0.5
    union all
    select
        customers.customer_id || '/' || months.month_number, customers.customer_id, null,
        months.month_start::timestamp + interval 10 days + interval 9 hours, 3.9
    from made.customers as customers
    inner join made.months as months on months.month_number % 6 = 4 and months.month_start > customers.created_date
        and (customers.closed_date is null or months.month_start < customers.closed_date)
    where draw(customers.customer_id || '/' || months.month_number, 'asked') < 0.22
),

answered as (
    select
        *, case when draw(draw_key, 'answers') < 0.37
            then sent_at + to_hours(whole(draw_key, 'answer-hours', 1, 200)) end as would_respond,
        greatest(1, least(5, round(mood + 0.9 * bell(draw_key, 'score'))))::integer as would_score
    from sent
    where sent_at < end_day() + interval 20 hours
)

select
    printf('SV-%05d', row_number() over (order by sent_at, draw_key)) as survey_id, customer_id, case_id, sent_at,
    case when would_respond < end_day() + interval 20 hours then would_respond end as responded_at,
    case when would_respond < end_day() + interval 20 hours then would_score end as score
from answered;

create table landing.surveys as
with versions as (
    select *, 1 as version, sent_at + interval 1 minute as known_at from made.surveys
    union all
    select *, 2 as version, responded_at + interval 1 minute as known_at from made.surveys
    where responded_at is not null
)

select
    survey_id, customer_id, case_id, sent_at,
    case version when 2 then responded_at end as responded_at,
    case version when 2 then score end as score,
    known_at as updated_at, known_at as recorded_at
from versions;

create table landing.contact_preferences as
with wishes as (
    select
        customers.customer_id, wish.channel, wish.preference, wish.valid_days,
        customers.customer_id || '/' || wish.channel || '/' || wish.preference as draw_key, customers.created_date
    from made.customers as customers
    inner join (values
        ('sms', 'stop', null, 0.15, 0.00), ('all', 'cease', null, 0.06, 0.004), ('email', 'consent', 365, 0.30, 0.02),
        ('phone', 'stop', null, 0.05, 0.03), ('email', 'stop', null, 0.04, 0.01), ('letter', 'stop', 180, 0.00, 0.01)
    ) as wish(channel, preference, valid_days, consumer_odds, business_odds)
        on draw(customers.customer_id || '/' || wish.channel || '/' || wish.preference, 'wishes')
        < case when customers.is_consumer then wish.consumer_odds else wish.business_odds end
),

received as (
    select
        *, (greatest(created_date, start_day())::timestamp
            + to_days(whole(draw_key, 'wish-day', 1, 500)) + to_seconds(whole(draw_key, 'wish-time', 30000, 60000)))
                as received_at
    from wishes
)

select
    customer_id, channel, received_at, preference,
    case when valid_days is not null then received_at + to_days(valid_days) end as expires_at,
    received_at + interval 30 minutes as updated_at, received_at + interval 30 minutes as recorded_at
from received
where received_at < end_day() + interval 20 hours;
