{#- An increment looks at the items it replaces only, as int_events. -#}
{{ config(materialized='view') }}

with

-- An invoice, and what is paid beyond it.
ledger as (

    select * from {{ ref('int_ledger') }}
    where
        item_type in ('invoice', 'overpayment')
        and {{ this_run(ref('int_items_this_run'), {'item_id': 'invoice_id'}) }}

),

final as (

    select
        item_id as invoice_id,
        sum(
            case when event_type in ('invoice_issued', 'opening_balance_taken_over') then amount else 0 end
        ) as issued_amount,
        sum(case when item_type = 'invoice' then amount else 0 end) as open_balance,
        -sum(case when item_type = 'overpayment' then amount else 0 end) as overpaid_amount,
        -sum(case when event_type in ('receipt_applied', 'receipt_unapplied') then amount else 0 end) as paid_amount,
        -sum(case when event_type in ('credit_memo_applied', 'credit_memo_unapplied') then amount else 0 end)
            as credited_amount,
        -sum(
            case when event_type in ('discount_taken', 'discount_undone', 'discount_adjustment') then amount else 0 end
        ) as discount_amount,
        -sum(case when event_type in ('write_off', 'write_off_reversal') then amount else 0 end) as written_off_amount,
        -sum(case when event_type in ('invoice_voided', 'opening_balance_voided') then amount else 0 end)
            as voided_amount,
        sum(
            case
                when
                    event_type in ('small_balance_adjustment', 'finance_charge_adjustment', 'other_adjustment')
                    then amount
                else 0
            end
        ) as adjusted_amount
    from ledger
    group by item_id

)

select * from final
