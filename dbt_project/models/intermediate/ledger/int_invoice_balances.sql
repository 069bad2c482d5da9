{{
    config(
        materialized='incremental',
        pre_hook="{{ forget(is_among(ref('int_touched_items'), 'invoice', 'invoice_id')) }}"
    )
}}

with

-- An invoice, and what is paid beyond it.
ledger as (

    select * from {{ ref('int_ledger') }}
    where
        item_type in ('invoice', 'overpayment')
        {% if increments() -%}
            and {{ is_among(ref('int_touched_items'), 'invoice', 'item_id') }}
        {%- endif %}

),

owed as (

    select * from ledger
    where item_type = 'invoice'

),

parts as (

    select * from {{ ref('int_invoice_parts') }}

),

instalment_balances as (

    select
        item_id as invoice_id,
        due_date,
        sum(amount) as balance
    from owed
    group by
        item_id,
        due_date

),

-- The oldest due date that still has a balance says how long the invoice has been past due.
oldest_open as (

    select
        invoice_id,
        min(case when balance <> 0 then due_date end) as oldest_open_due_date,
        max(due_date) as last_due_date
    from instalment_balances
    group by invoice_id

),

daily as (

    select
        item_id as invoice_id,
        effective_date,
        sum(amount) as balance_change
    from owed
    group by
        item_id,
        effective_date

),

-- What is done and undone within a day changed nothing that day; one issued and settled within a day changed on it.
last_changed as (

    select
        invoice_id,
        coalesce(max(case when balance_change <> 0 then effective_date end), min(effective_date)) as last_change_date
    from daily
    group by invoice_id

),

summed as (

    select
        item_id as invoice_id,
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

),

-- Paid in full means by money: what was voided, credited or written off to zero was not paid. What was overpaid was
-- paid on the day from which nothing is owed.
paid as (

    select
        summed.*,
        case
            when
                summed.open_balance = 0
                and summed.paid_amount > 0
                and summed.voided_amount = 0
                and summed.written_off_amount = 0
                then last_changed.last_change_date
        end as paid_in_full_date,
        oldest_open.oldest_open_due_date,
        oldest_open.last_due_date
    from summed
    inner join oldest_open on summed.invoice_id = oldest_open.invoice_id
    inner join last_changed on summed.invoice_id = last_changed.invoice_id

),

-- Of a due date that was changed, the one in force when the invoice was paid.
then_in_force as (

    select
        paid.invoice_id,
        max(parts.due_date) as last_due_date
    from paid
    inner join parts
        on
            paid.invoice_id = parts.invoice_id
            and coalesce(paid.paid_in_full_date, {{ as_of_date() }}) >= parts.valid_from
            and (
                parts.valid_until is null
                or coalesce(paid.paid_in_full_date, {{ as_of_date() }}) < parts.valid_until
            )
    group by paid.invoice_id

),

final as (

    select
        paid.invoice_id,
        paid.open_balance,
        paid.overpaid_amount,
        paid.paid_amount,
        paid.credited_amount,
        paid.discount_amount,
        paid.written_off_amount,
        paid.voided_amount,
        paid.adjusted_amount,
        paid.paid_in_full_date,
        paid.oldest_open_due_date,
        case
            when then_in_force.invoice_id is null then paid.last_due_date else then_in_force.last_due_date
        end as last_due_date
    from paid
    left join then_in_force on paid.invoice_id = then_in_force.invoice_id

)

select * from final
