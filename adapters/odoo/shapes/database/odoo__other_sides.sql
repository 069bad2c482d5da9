-- A row an entry and a currency: what its lines book to accounts that are not receivables, by kind of account.
with lines as (
    select * from {{ source('odoo', 'account_move_line') }}
),

accounts as (
    select
        id,
        account_type,
        coalesce(code, id) as code
    from {{ source('odoo', 'account_account') }}
)

select
    lines.move_id,
    lines.currency_id,
    sum(case when accounts.code in {{ option('write_off_accounts') }} then lines.amount_currency else 0 end)
        as written_off,
    sum(case when accounts.code in {{ option('discount_accounts') }} then lines.amount_currency else 0 end)
        as discounted,
    sum(case when accounts.account_type in {{ option('payment_accounts') }} then lines.amount_currency else 0 end)
        as paid
from lines
inner join accounts on lines.account_id = accounts.id
where accounts.account_type <> 'asset_receivable'
group by lines.move_id, lines.currency_id
