-- Guards: no mart is empty. A mart of records that a source may leave out is empty only if the model it is made from is
-- empty.
-- Why it matters: an empty mart passes every other test.
-- A row is a mart (or a model just before one) that is empty, with what it is made from.
{%- set has_rows = [
    'accounts_per_employee_monthly', 'cei_monthly', 'collection_effort_monthly', 'credit_losses_monthly',
    'customer_group_members',
    'delinquency_monthly', 'dim_aging_buckets', 'dim_companies', 'dim_contact_rules', 'dim_customers', 'dim_dates',
    'dim_event_types', 'dim_kpis', 'disputes_monthly', 'dso_monthly', 'fct_invoices', 'fct_receivables_ledger',
    'forecasts_monthly', 'kpi_changes_monthly', 'kpi_contributions_monthly', 'payment_behaviour_monthly', 'promises_monthly',
    'receivables_daily', 'receivables_rollforward_monthly', 'scorecard_monthly', 'service_quality_monthly',
] %}
{%- set has_rows_if = {
    'active_accounts_monthly': 'int_active_customers_monthly',
    'aging_monthly': 'int_customer_aging_monthly',
    'contact_compliance': 'int_communications',
    'contact_compliance_monthly': 'contact_compliance',
    'control_account_tie_out': 'stg_ar__control_balances',
    'credit_loss_allowance_monthly': 'int_loss_rates',
    'customer_contacts': 'dim_customers',
    'customer_payments_monthly': 'int_cash_days_monthly',
    'customer_outlook': 'int_open_parts',
    'customer_risk': 'int_customers',
    'dim_debt_tolerances': 'debt_tolerances',
    'dim_dunning_steps': 'dunning_steps',
    'dim_interest_policies': 'interest_policies',
    'dim_declared_dimensions': 'dimensions',
    'dim_employees': 'stg_collections__employees',
    'disputes_by_reason_monthly': 'int_disputes_by_reason_monthly',
    'document_dimensions': 'int_document_dimensions',
    'employee_names': 'dim_employees',
    'fct_activities': 'stg_collections__activities',
    'fct_cases': 'stg_collections__cases',
    'fct_dispute_spells': 'int_dispute_spells',
    'fct_disputes': 'int_disputes',
    'fct_promises': 'stg_collections__promises',
    'fct_receipts': 'stg_payments__receipts',
    'int_promises_kept': 'int_promise_queue',
    'kpi_restatement_causes': 'kpi_restatements',
    'kpi_restatements': 'restated_kpis',
    'open_amount_tie_out': 'int_source_open_amounts',
    'open_items': 'int_open_items',
    'cash_forecast_outcomes': 'int_cash_forecasts_scored',
    'cash_forecast_weekly': 'int_cash_by_week',
    'forecast_accuracy': 'int_forecast_scores',
    'frozen_cash_forecasts': 'int_published_cash_forecasts',
    'frozen_forecasts': 'int_published_forecasts',
    'habit_curves': 'int_payment_curves',
    'payment_forecast': 'int_open_parts',
    'reported_kpis_monthly': 'int_published_kpis',
    'restated_events': 'int_published_changes',
    'roll_rates_monthly': 'int_roll_cohorts',
} %}
with

counted as (

    {% for mart in has_rows + has_rows_if.keys() | list -%}
        select
            '{{ mart }}' as mart,
            count(*) as row_count
        from {{ ref(mart) }}
        {%- if not loop.last %}
            union all
        {% endif -%}
    {%- endfor %}

),

made_from as (

    {% for mart, model in has_rows_if.items() -%}
        select
            '{{ mart }}' as mart,
            '{{ model }}' as made_from,
            count(*) as row_count
        from {{ ref(model) }}
        {%- if not loop.last %}
            union all
        {% endif -%}
    {%- endfor %}

)

select
    counted.mart,
    made_from.made_from,
    made_from.row_count
from counted
left join made_from on counted.mart = made_from.mart
where
    counted.row_count = 0
    and coalesce(made_from.row_count, 1) > 0
