-- A row an item, with its kind, its amount without a sign, and what it was cleared in. An item without a clearing
-- document was cleared by itself. Where amounts have no sign, the kind says what reduces the debt; where they have one,
-- what is above zero raises it, whatever the kind.
with items as (
    select
        *,
        case
            when {{ option('amounts') }} = 'unsigned' and kind <> 'invoice' then -amount
            else amount
        end as signed_amount
    from {{ source('flat', 'rows') }}
)

select
    item_id,
    company_id,
    company_name,
    company_currency,
    customer_id,
    customer_name,
    segment,
    currency_code,
    exchange_rate,
    reference,
    item_date,
    due_date,
    clearing_date,
    case
        when signed_amount >= 0 then 'invoice'
        -- An invoice below zero takes another one back.
        when kind = 'invoice' then 'credit_memo'
        else coalesce(kind, {{ option('negative_is') }})
    end as kind,
    abs(amount) as amount,
    signed_amount >= 0 as is_debit,
    case
        when clearing_date is not null
            then company_id || ':' || customer_id || ':' || currency_code || ':' || coalesce(clearing_document, item_id)
    end as clearing_id
from items
