{#- An increment looks at the receipts it replaces only, as int_cash_units. -#}
{{ config(materialized='view') }}

with

applications as (

    select * from {{ ref('int_standing_applications') }}
    where
        source_type = 'receipt'
        and {{ this_run(ref('int_items_this_run'), {'source_id': 'receipt_id'}) }}

),

-- What rows with negative amounts give back of a receipt is taken off what it paid of their invoice, newest first.
summed as (

    select
        *,
        sum(standing_amount) over (partition by source_id, invoice_id) as invoice_amount,
        sum(greatest(standing_amount, 0)) over (
            partition by source_id, invoice_id
            order by effective_date asc nulls last, application_id asc nulls last
            rows between unbounded preceding and current row
        ) as amount_by_then
    from applications

),

netted as (

    select
        application_id,
        source_id as receipt_id,
        invoice_id,
        effective_date as applied_date,
        cast(
            least(standing_amount, invoice_amount - (amount_by_then - greatest(standing_amount, 0))) as decimal(18, 4)
        ) as amount
    from summed

),

final as (

    select * from netted
    where amount > 0

)

select * from final
