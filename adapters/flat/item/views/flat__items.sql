-- A row an item, with its kind, its amount without a sign, and what it was cleared in. An item without a clearing
-- document was cleared by itself.
with items as (
    select
        *,
        coalesce(
            kind,
            case when amount >= 0 then 'invoice' else {{ option('negative_is') }} end
        ) as known_kind
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
    reference,
    item_date,
    due_date,
    clearing_date,
    case when amount >= 0 then 'invoice' when known_kind = 'credit_memo' then 'credit_memo' else 'receipt' end as kind,
    abs(amount) as amount,
    amount >= 0 as is_debit,
    case
        when clearing_date is not null
            then company_id || ':' || customer_id || ':' || currency_code || ':' || coalesce(clearing_document, item_id)
    end as clearing_id
from items
