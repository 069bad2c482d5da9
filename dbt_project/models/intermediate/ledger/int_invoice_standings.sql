{{ config(materialized='replaced_view') }}

with

events as (

    select * from {{ ref('int_events') }}
    where item_type = 'invoice'

),

laid_invoices as (

    select * from {{ ref('int_laid_invoices') }}

),

-- The invoice's balance after each of its events. A due date is in force from its first day on. Within a day, events
-- that raise the invoice come first, so that a payment that is undone and made again is no overpayment.
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

-- An event removes the balance before it and adds the balance after it, each with the due dates in force then.
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
