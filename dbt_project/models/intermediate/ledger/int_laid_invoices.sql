with

events as (

    select * from {{ ref('int_events') }}
    where item_type = 'invoice'

),

instalments as (

    select * from {{ ref('int_instalments') }}

),

due_dates as (

    select * from {{ ref('int_due_dates') }}

),

-- An invoice that is reduced by no more than its amount can't fall below zero. Some of the others don't either;
-- distributing their changes gives the same changes.
maybe_overpaid as (

    select item_id as invoice_id
    from events
    group by item_id
    having
        sum(case when amount < 0 then -amount else 0 end)
        > sum(case when change_type = 'issued' then amount else 0 end)

),

unioned as (

    select invoice_id from instalments
    union distinct
    select invoice_id from maybe_overpaid
    union distinct
    select invoice_id from due_dates

)

select * from unioned
