-- A row a line on a receivables account, in the currency of its document. The document is the move, but of entries each
-- line by itself.
with moves as (
    select * from {{ source('odoo', 'account_move') }}
),

lines as (
    select * from {{ source('odoo', 'account_move_line') }}
),

accounts as (
    select * from {{ source('odoo', 'account_account') }}
)

select
    lines.id as line_id,
    moves.id as move_id,
    case when moves.move_type = 'entry' then moves.id || ':' || lines.id else moves.id end as document_id,
    moves.company_id,
    -- Invoices of a contact are owed by its company.
    coalesce(moves.commercial_partner_id, partners.commercial_partner_id, lines.partner_id) as customer_id,
    moves.move_type,
    moves.state,
    moves.name as document_no,
    moves.ref as reference,
    coalesce(moves.invoice_date, lines.date, moves.date) as document_date,
    lines.date_maturity,
    lines.currency_id,
    currencies.name as currency_code,
    lines.amount_currency as amount,
    lines.balance as company_amount,
    lines.amount_residual_currency as open_amount,
    moves.amount_residual as open_amount_of_move,
    moves.amount_tax,
    moves.reversed_entry_id,
    greatest(moves.write_date, lines.write_date) as updated_at
from lines
inner join moves on lines.move_id = moves.id
inner join accounts on lines.account_id = accounts.id
left join {{ source('odoo', 'res_partner') }} as partners on lines.partner_id = partners.id
left join {{ source('odoo', 'res_currency') }} as currencies on lines.currency_id = currencies.id
where
    accounts.account_type = 'asset_receivable'
    and moves.move_type in ('out_invoice', 'out_refund', 'out_receipt', 'entry')
    -- Exchange differences move the company's currency only.
    and lines.amount_currency <> 0
