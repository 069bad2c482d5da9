{{ config(materialized='view') }}

with

events as (

    select * from {{ ref('int_events') }}
    where item_type = 'invoice'

),

laid_invoices as (

    select * from {{ ref('int_laid_invoices') }}

),

parts as (

    select * from {{ ref('int_invoice_parts') }}

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
                    when events.event_type in ('invoice_issued', 'opening_balance_taken_over') then 0
                    when events.event_type = 'due_date_changed' then 1
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
entries as (

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
            when event_type = 'due_date_changed' then cast({{ dbt.dateadd('day', -1, 'effective_date') }} as date)
            else effective_date
        end as laid_on,
        balance_after - amount as balance
    from standing

),

-- What lowers the invoice covers its parts in their order; what raises it above its amount stays on the last. What is
-- below zero is a credit of the same document, due on no day.
laid as (

    select
        entries.*,
        'invoice' as part_type,
        parts.instalment_id,
        parts.due_date as part_due_date,
        parts.is_last,
        case
            when parts.is_last
                then greatest(
                    entries.balance - parts.lower_bound
                    + least(greatest(parts.invoice_amount - entries.balance, 0), parts.lower_bound),
                    0
                )
            else
                parts.amount
                - least(greatest(parts.invoice_amount - entries.balance - parts.lower_bound, 0), parts.amount)
        end as part_balance
    from entries
    inner join parts
        on
            entries.item_id = parts.invoice_id
            and entries.laid_on >= parts.valid_from
            and (parts.valid_until is null or entries.laid_on < parts.valid_until)
    union all
    select
        *,
        'overpayment' as part_type,
        cast(null as string) as instalment_id,
        cast(null as date) as part_due_date,
        false as is_last,
        least(balance, 0) as part_balance
    from entries

),

final as (

    select
        source_table || ':' || source_id || ':' || event_type || ':' || part_type
        || case when instalment_id is null then '' else ':' || instalment_id end
        || case
            when event_type = 'due_date_changed'
                then ':' || cast(effective_date as string) || ':' || coalesce(cast(part_due_date as string), 'none')
            else ''
        end as event_id,
        event_type,
        part_type as item_type,
        item_id,
        instalment_id,
        company_id,
        customer_id,
        currency_code,
        part_due_date as due_date,
        effective_date,
        recorded_at,
        cast(sum(sign * part_balance) as decimal(18, 4)) as amount,
        is_credit_sale,
        source_table,
        source_id
    from laid
    group by
        event_type,
        part_type,
        item_id,
        instalment_id,
        company_id,
        customer_id,
        currency_code,
        part_due_date,
        effective_date,
        recorded_at,
        is_credit_sale,
        source_table,
        source_id
    having
        sum(sign * part_balance) <> 0
        -- A document of nothing was issued all the same.
        or max(
            case
                when
                    is_last and amount = 0
                    and event_type in ('invoice_issued', 'opening_balance_taken_over')
                    then 1
                else 0
            end
        ) = 1

)

select * from final
