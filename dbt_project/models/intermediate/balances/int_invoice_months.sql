{{ config(materialized='incremental', unique_key='invoice_id') }}

with

changed as (

    select * from {{ ref('int_invoice_changes') }}
    where {{ this_run(ref('int_invoice_months_before_this_run'), {'item_id': 'invoice_id'}) }}

),

rates as (

    select * from {{ ref('int_exchange_rates_daily') }}

),

monthly as (

    select
        changed.item_id,
        changed.company_id,
        changed.customer_id,
        changed.segment,
        changed.currency_code,
        cast({{ dbt.last_day('changed.date_day', 'month') }} as date) as month_end,
        max(case when changed.is_issue then 1 else 0 end) = 1 as is_issue_month,
        max(case when changed.is_take_over then 1 else 0 end) = 1 as is_take_over_month,
        max(case when changed.is_new_due_date then 1 else 0 end) = 1 as has_new_due_date,
        sum(changed.balance_change) as balance_change,
        sum(changed.past_due_change) as past_due_change,
        sum(changed.cash_applied) as cash_applied,
        sum({{ in_reporting_currency('changed.cash_applied_to_owed') }}) as cash_applied_to_owed_reporting
    from changed
    left join rates
        on
            changed.date_day = rates.date_day
            and changed.currency_code = rates.currency_code
    group by
        changed.item_id,
        changed.company_id,
        changed.customer_id,
        changed.segment,
        changed.currency_code,
        cast({{ dbt.last_day('changed.date_day', 'month') }} as date)

),

balanced as (

    select
        *,
        sum(balance_change) over (
            partition by item_id order by month_end asc nulls last rows between unbounded preceding and current row
        ) as closing_balance,
        sum(past_due_change) over (
            partition by item_id order by month_end asc nulls last rows between unbounded preceding and current row
        ) as closing_past_due
    from monthly

),

final as (

    select
        item_id as invoice_id,
        month_end,
        company_id,
        customer_id,
        segment,
        currency_code,
        is_issue_month,
        is_take_over_month,
        has_new_due_date,
        cast(closing_balance - balance_change as decimal(18, 4)) as opening_balance,
        cast(closing_balance as decimal(18, 4)) as closing_balance,
        cast(closing_past_due - past_due_change as decimal(18, 4)) as opening_past_due,
        cast(closing_past_due as decimal(18, 4)) as closing_past_due,
        cast(cash_applied as decimal(18, 4)) as cash_applied,
        cash_applied_to_owed_reporting,
        '{{ this_run_id() }}' as changed_in
    from balanced

)

select * from final
