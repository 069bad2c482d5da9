{#- In an incremental run only of the items it replaces, as int_events. -#}
{{ config(materialized='replaced_view') }}

with

-- The invoice and its overpayment: an overpaid invoice is open, too, with a balance below zero.
ledger as (

    select * from {{ ref('fct_receivables_ledger') }}
    where
        item_type in ('invoice', 'overpayment')
        and {{ this_run(ref('int_items_this_run'), {'item_id': 'invoice_id'}) }}

),

-- A change is past due from its effective date or from the day after the due date, whichever is later.
final as (

    select
        item_id,
        company_id,
        customer_id,
        segment,
        currency_code,
        effective_date as date_day,
        change_type = 'issued' and not is_taken_over as is_issue,
        change_type = 'issued' and is_taken_over as is_take_over,
        change_type = 'redated' as is_new_due_date,
        amount as balance_change,
        case when effective_date > due_date then amount else 0 end as past_due_change,
        case when change_type = 'paid' then -amount else 0 end as cash_applied,
        case when item_type = 'invoice' and change_type = 'paid' then -amount else 0 end as cash_applied_to_owed
    from ledger
    union all
    select
        item_id,
        company_id,
        customer_id,
        segment,
        currency_code,
        cast({{ dbt.dateadd('day', 1, 'due_date') }} as date) as date_day,
        false as is_issue,
        false as is_take_over,
        false as is_new_due_date,
        cast(0 as decimal(18, 4)) as balance_change,
        amount as past_due_change,
        cast(0 as decimal(18, 4)) as cash_applied,
        cast(0 as decimal(18, 4)) as cash_applied_to_owed
    from ledger
    where
        effective_date <= due_date
        and due_date < {{ as_of_date() }}

)

select * from final
