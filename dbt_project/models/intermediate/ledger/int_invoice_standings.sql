{{ config(materialized='replaced_view') }}

with

events as (

    select * from {{ ref('int_events') }}
    where item_type = 'invoice'

),

laid_invoices as (

    select * from {{ ref('int_laid_invoices') }}

),

-- What the invoice stands at after each of its events. A due date is in force on its first day already. Within a day
-- what raises an invoice comes first: what is taken back and paid again on one day wasn't overpaid in between.
standing as (

    select
        events.*,
        sum(events.amount) over (
            partition by events.item_id
            order by
                events.effective_date asc nulls last,
                case
                    when events.change_type = 'issued' then 0
                    when events.change_type = 'redated' then 1
                    else 2
                end
                asc nulls last,
                case when events.amount < 0 then 1 else 0 end asc nulls last,
                events.source_table asc nulls last,
                events.source_id asc nulls last,
                events.event_type asc nulls last
            rows between unbounded preceding and current row
        ) as balance_after
    from events
    inner join laid_invoices on events.item_id = laid_invoices.invoice_id

),

-- An event takes away what stood before it and puts what stands after it, where the due dates of either lay it.
final as (

    select
        *,
        1 as sign,
        effective_date as laid_on,
        balance_after as balance
    from standing
    union all
    select
        *,
        -1 as sign,
        case
            when change_type = 'redated' then cast({{ dbt.dateadd('day', -1, 'effective_date') }} as date)
            else effective_date
        end as laid_on,
        balance_after - amount as balance
    from standing

)

select * from final
