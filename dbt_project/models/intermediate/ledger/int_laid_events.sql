{{ config(materialized='replaced_view') }}

with

standings as (

    select * from {{ ref('int_invoice_standings') }}

),

parts as (

    select * from {{ ref('int_invoice_parts') }}

),

-- Amounts that reduce the invoice cover its parts in order; what raises it above its amount is on the last part. A
-- balance below zero is a credit of the same document, without a due date.
laid as (

    select
        standings.*,
        'invoice' as part_type,
        parts.instalment_id,
        parts.due_date as part_due_date,
        parts.is_last,
        case
            when parts.is_last
                then greatest(
                    standings.balance - parts.lower_bound
                    + least(greatest(parts.invoice_amount - standings.balance, 0), parts.lower_bound),
                    0
                )
            else
                parts.amount
                - least(greatest(parts.invoice_amount - standings.balance - parts.lower_bound, 0), parts.amount)
        end as part_balance
    from standings
    inner join parts
        on
            standings.item_id = parts.invoice_id
            and standings.laid_on >= parts.valid_from
            and (parts.valid_until is null or standings.laid_on < parts.valid_until)
    union all
    select
        *,
        'overpayment' as part_type,
        cast(null as string) as instalment_id,
        cast(null as date) as part_due_date,
        false as is_last,
        least(balance, 0) as part_balance
    from standings

),

final as (

    select
        source_table || ':' || source_id || ':' || event_type || ':' || part_type
        || case when instalment_id is null then '' else ':' || instalment_id end
        || case
            when change_type = 'redated'
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
        change_type,
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
        -- An event that issues an invoice of zero is kept, too.
        or max(
            case
                when is_last and amount = 0 and change_type = 'issued' then 1
                else 0
            end
        ) = 1

)

select * from final
