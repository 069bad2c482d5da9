{{ config(materialized='view') }}

with

events as (

    select * from {{ ref('int_events') }}
    where item_type = 'invoice'

),

instalments as (

    select * from {{ ref('int_instalments') }}

),

invoices_by_instalments as (

    select
        invoice_id,
        sum(amount) as invoice_amount
    from instalments
    group by invoice_id

),

-- By how much the invoice stands reduced after each of its events; before it was issued all of it counts as reduced.
reduced as (

    select
        events.*,
        invoices_by_instalments.invoice_amount - sum(events.amount) over (
            partition by events.item_id
            order by
                events.effective_date asc nulls last,
                case when events.event_type = 'invoice_issued' then 0 else 1 end asc nulls last,
                events.source_table asc nulls last,
                events.source_id asc nulls last,
                events.event_type asc nulls last
            rows between unbounded preceding and current row
        ) as reduction_after
    from events
    inner join invoices_by_instalments on events.item_id = invoices_by_instalments.invoice_id

),

-- The reduction covers the instalments earliest due first; what exceeds them in either direction stays on the last.
covered as (

    select
        reduced.*,
        instalments.instalment_id,
        instalments.due_date as instalment_due_date,
        instalments.is_last,
        case
            when instalments.is_last
                then
                    reduced.reduction_after + reduced.amount
                    - least(greatest(reduced.reduction_after + reduced.amount, 0), instalments.lower_bound)
            else
                least(
                    greatest(reduced.reduction_after + reduced.amount - instalments.lower_bound, 0), instalments.amount
                )
        end as covered_before,
        case
            when instalments.is_last
                then reduced.reduction_after - least(greatest(reduced.reduction_after, 0), instalments.lower_bound)
            else least(greatest(reduced.reduction_after - instalments.lower_bound, 0), instalments.amount)
        end as covered_after
    from reduced
    inner join instalments on reduced.item_id = instalments.invoice_id

),

final as (

    select
        event_type,
        item_type,
        item_id,
        instalment_id,
        company_id,
        customer_id,
        currency_code,
        instalment_due_date as due_date,
        effective_date,
        recorded_at,
        cast(covered_before - covered_after as decimal(18, 4)) as amount,
        is_credit_sale,
        source_table,
        source_id
    from covered
    where
        covered_before <> covered_after
        -- An invoice of nothing was issued all the same.
        or (is_last and amount = 0 and event_type = 'invoice_issued')

)

select * from final
