-- A row a credit memo: a write-off or a discount where all of its lines are, by account or item.
with memo_lines as (
    select
        lines.credit_memo_id,
        case
            when accounts.account_name in {{ option('write_off_accounts') }} then 'write_off'
            when lines.account_id in {{ option('write_off_accounts') }} then 'write_off'
            when lines.item_id in {{ option('write_off_items') }} then 'write_off'
            when accounts.account_name in {{ option('discount_accounts') }} then 'discount'
            when lines.account_id in {{ option('discount_accounts') }} then 'discount'
            when lines.item_id in {{ option('discount_items') }} then 'discount'
            else 'credit_memo'
        end as kind
    from {{ ref('quickbooks__credit_memo_lines') }} as lines
    left join {{ ref('quickbooks__accounts') }} as accounts on lines.account_id = accounts.account_id
    -- Lines without account and item are subtotals and remarks.
    where lines.account_id is not null or lines.item_id is not null
)

select
    credit_memo_id,
    case when min(kind) = max(kind) then min(kind) end as kind
from memo_lines
group by credit_memo_id
