-- Filled by int_invoice_months, in the transaction that replaces those rows; it begins here, emptied for a new build.
{{ config(materialized='incremental', pre_hook="{{ forget('not ' ~ is_of_this_build('kept_in')) }}") }}

with

ledger as (

    select * from {{ ref('int_ledger') }}

),

final as (

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
        amount as cash_applied,
        '{{ this_build() }}' as kept_in
    from ledger
    where false

)

select * from final
