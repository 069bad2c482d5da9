with

forecasts as (

    select * from {{ ref('payment_forecast') }}
    where basis is not null

),

baselines as (

    select * from {{ ref('int_payment_baselines') }}

),

published as (

    select * from {{ ref('int_published_forecasts') }}

),

-- Frozen at each month's end, or on the first day after it for which something is published.
last_frozen as (

    select coalesce(max(as_of_date), cast('0001-01-01' as date)) as as_of_date
    from published

),

newly_frozen as (

    select
        forecasts.invoice_id,
        forecasts.part,
        forecasts.as_of_date,
        forecasts.company_id,
        forecasts.customer_id,
        forecasts.segment,
        forecasts.currency_code,
        forecasts.due_date,
        forecasts.open_balance,
        forecasts.open_balance_reporting,
        forecasts.expected_payment_date,
        forecasts.p10_date,
        forecasts.p90_date,
        forecasts.expected_days_late,
        forecasts.days_late_of_everyone,
        forecasts.days_late_of_group,
        forecasts.days_late_of_customer,
        forecasts.days_late_given_how_late,
        forecasts.p_late_0,
        forecasts.p_late_30,
        forecasts.p_late_60,
        forecasts.p_late_90,
        forecasts.p_unpaid_365,
        forecasts.expected_cash_7d,
        forecasts.expected_cash_30d,
        forecasts.expected_cash_90d,
        forecasts.habit_days_late,
        forecasts.own_invoices,
        forecasts.weight_of_own_history,
        forecasts.basis,
        forecasts.reason,
        forecasts.is_disputed,
        baselines.days_late as baseline_days_late,
        cast(baselines.p_late_0 as double) as baseline_p_late_0,
        cast(baselines.p_late_30 as double) as baseline_p_late_30,
        {{ refreshed_at() }} as frozen_at
    from forecasts
    inner join baselines on forecasts.customer_id = baselines.customer_id
    cross join last_frozen
    where
        last_frozen.as_of_date < {{ last_month_end(as_of_date()) }}
        -- A build of what was known on another day freezes nothing.
        {% if given('known_as_of') %}and 1 = 0{% endif %}

),

final as (

    select * from published
    union all
    select * from newly_frozen

)

select * from final
