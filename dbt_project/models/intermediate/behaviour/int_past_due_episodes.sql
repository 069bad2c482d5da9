{{ config(materialized='incremental', unique_key='customer_id') }}

with

ledger as (

    select * from {{ ref('fct_receivables_ledger') }}
    where
        item_type = 'invoice'
        and due_date is not null
        and {{ this_run(ref('int_customers_this_run'), 'customer_id') }}

),

-- A change is past due from its effective date or from the day after the due date, whichever is later.
changed as (

    select
        customer_id,
        currency_code,
        case
            when effective_date > due_date then effective_date
            else cast({{ dbt.dateadd('day', 1, 'due_date') }} as date)
        end as date_day,
        amount
    from ledger

),

daily as (

    select
        customer_id,
        currency_code,
        date_day,
        sum(amount) as past_due_change
    from changed
    where date_day <= {{ as_of_date() }}
    group by
        customer_id,
        currency_code,
        date_day

),

summed_up as (

    select
        customer_id,
        currency_code,
        date_day,
        sum(past_due_change) over (
            partition by customer_id, currency_code
            order by date_day asc nulls last
            rows between unbounded preceding and current row
        ) as past_due
    from daily

),

-- Each currency is looked at separately, because an overpayment in one does not settle a debt in another. 1: the
-- currency becomes past due on the day; -1: it is past due no longer.
turned as (

    select
        customer_id,
        date_day,
        case when past_due > 0 then 1 else 0 end
        - case
            when
                lag(past_due) over (partition by customer_id, currency_code order by date_day asc nulls last) > 0
                then 1
            else 0
        end as currencies_turned
    from summed_up

),

counted as (

    select
        customer_id,
        date_day,
        sum(sum(currencies_turned)) over (
            partition by customer_id order by date_day asc nulls last rows between unbounded preceding and current row
        ) as currencies,
        sum(currencies_turned) as currencies_turned
    from turned
    group by
        customer_id,
        date_day

),

-- The days on which the customer becomes past due in a first currency, or is past due in none any more.
turns as (

    select
        customer_id,
        date_day,
        currencies > 0 as is_past_due,
        lead(date_day) over (partition by customer_id order by date_day asc nulls last) as next_turn
    from counted
    where (currencies > 0) <> (currencies - currencies_turned > 0)

),

final as (

    select
        customer_id,
        date_day as started_on,
        next_turn as ended_on
    from turns
    where is_past_due

)

select * from final
