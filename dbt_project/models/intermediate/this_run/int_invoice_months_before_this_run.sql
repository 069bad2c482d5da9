{{ config(materialized='incremental', incremental_strategy='collect', unique_key='invoice_id') }}

with

items as (

    select * from {{ ref('int_items_this_run') }}
    where invoice_id is not null

),

ledger as (

    select * from {{ ref('fct_receivables_ledger') }}

),

-- int_invoice_months is built after this model. Before the first build it is empty.
invoice_months as (

    {% if increments() -%}
        select * from {{ as_last_built('int_invoice_months') }}
    {%- else -%}
        select
            item_id as invoice_id,
            effective_date as month_end,
            company_id,
            customer_id,
            segment,
            currency_code,
            false as is_issue_month,
            false as is_take_over_month,
            false as has_new_due_date,
            amount as opening_balance,
            amount as closing_balance,
            amount as opening_past_due,
            amount as closing_past_due,
            amount as cash_applied
        from ledger
        where 1 = 0
    {%- endif %}

),

final as (

    select
        items.invoice_id,
        invoice_months.month_end,
        invoice_months.company_id,
        invoice_months.customer_id,
        invoice_months.segment,
        invoice_months.currency_code,
        invoice_months.is_issue_month,
        invoice_months.is_take_over_month,
        invoice_months.has_new_due_date,
        invoice_months.opening_balance,
        invoice_months.closing_balance,
        invoice_months.opening_past_due,
        invoice_months.closing_past_due,
        invoice_months.cash_applied,
        '{{ this_run_id() }}' as changed_in
    from items
    left join invoice_months on items.invoice_id = invoice_months.invoice_id

)

select * from final
