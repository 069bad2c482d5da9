{{ config(materialized='incremental', unique_key='invoice_id') }}

with

sums as (

    select * from {{ ref('int_invoice_sums') }}
    where {{ this_run(ref('int_items_this_run'), 'invoice_id') }}

),

parts as (

    select * from {{ ref('int_invoice_parts') }}

),

-- Paid in full means paid with money: an invoice that was voided, credited or written off to zero was not paid, nor was
-- an invoice of 0. An overpaid invoice is paid from the day on which nothing is owed.
paid as (

    select
        *,
        case
            when
                open_balance = 0
                and issued_amount > 0
                and paid_amount > 0
                and voided_amount = 0
                and written_off_amount = 0
                then last_change_date
        end as paid_in_full_date
    from sums

),

-- The due date that was in force when the invoice was paid.
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
            when then_in_force.invoice_id is null then paid.latest_due_date else then_in_force.last_due_date
        end as last_due_date
    from paid
    left join then_in_force on paid.invoice_id = then_in_force.invoice_id

)

select * from final
