{%- set next_day = dbt.dateadd('day', 1, as_of_date()) -%}
{%- set first_day_12m -%} cast({{ dbt.dateadd('month', -12, next_day) }} as date) {%- endset -%}
{%- set first_day_3m -%} cast({{ dbt.dateadd('month', -3, next_day) }} as date) {%- endset -%}

with

ledger as (

    select * from {{ ref('fct_receivables_ledger') }}
    where
        item_type = 'invoice'
        and event_type = 'receipt_applied'
        and due_date is not null
        and effective_date >= {{ first_day_12m }}

),

-- Only what is still applied on the as-of day counts: the share that was undone is left out on the day of the
-- application.
standing as (

    select * from {{ ref('int_standing_applications') }}

),

rates as (

    select * from {{ ref('int_exchange_rates_daily') }}

),

broken as (

    select * from {{ ref('int_promises_kept') }}
    where
        due_date >= {{ first_day_12m }}
        and not is_kept

),

disputed as (

    select * from {{ ref('int_disputes') }}
    where closed_date is null

),

paid as (

    select
        ledger.customer_id,
        ledger.effective_date >= {{ first_day_3m }} as is_in_3m,
        {{ in_reporting_currency('cast(-ledger.amount * standing.standing_share as decimal(18, 4))') }} as cash_applied,
        {{ dbt.datediff('ledger.due_date', 'ledger.effective_date', 'day') }} as days_late
    from ledger
    inner join standing on ledger.source_id = standing.application_id
    left join rates
        on
            ledger.effective_date = rates.date_day
            and ledger.currency_code = rates.currency_code

),

stacked as (

    select
        customer_id,
        is_in_3m,
        cash_applied,
        days_late,
        0 as broken_promises,
        0 as open_disputes
    from paid
    {% for rows in ['broken', 'disputed'] -%}
        union all
        select
            customer_id,
            false as is_in_3m,
            0 as cash_applied,
            0 as days_late,
            {{ 1 if rows == 'broken' else 0 }} as broken_promises,
            {{ 1 if rows == 'disputed' else 0 }} as open_disputes
        from {{ rows }}
    {% endfor %}

),

final as (

    select
        customer_id,
        sum(case when is_in_3m then cash_applied else 0 end) as cash_applied_3m,
        sum(case when is_in_3m then cash_applied * days_late else 0 end) as cash_days_late_3m,
        sum(cash_applied) as cash_applied_12m,
        sum(cash_applied * days_late) as cash_days_late_12m,
        sum(case when days_late > 0 then cash_applied else 0 end) as cash_paid_late_12m,
        sum(broken_promises) as broken_promises_12m,
        sum(open_disputes) as open_disputes
    from stacked
    group by customer_id

)

select * from final
