{{ config(materialized='replaced_view') }}

with

published as (

    {{ published_before('frozen_forecasts') }}

),

final as (

    select
        invoice_id,
        part,
        as_of_date,
        company_id,
        customer_id,
        segment,
        currency_code,
        due_date,
        open_balance,
        open_balance_reporting,
        expected_payment_date,
        p10_date,
        p90_date,
        expected_days_late,
        days_late_of_everyone,
        days_late_of_group,
        days_late_of_customer,
        days_late_given_how_late,
        p_late_0,
        p_late_30,
        p_late_60,
        p_late_90,
        p_unpaid_365,
        expected_cash_7d,
        expected_cash_30d,
        expected_cash_90d,
        habit_days_late,
        own_invoices,
        weight_of_own_history,
        basis,
        reason,
        is_disputed,
        baseline_days_late,
        baseline_p_late_0,
        baseline_p_late_30,
        frozen_at
    from published
    where as_of_date <= least({{ as_of_date() }}, {{ known_as_of_date() }})

)

select * from final
