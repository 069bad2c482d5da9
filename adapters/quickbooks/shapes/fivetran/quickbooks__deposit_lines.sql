-- The columns of journal lines: a deposit credits the accounts of its lines.
select
    deposits._company_id,
    deposits.id as journal_id,
    lines.deposit_account_id as account_id,
    lines.deposit_customer_id as customer_id,
    'credit' as side,
    lines.amount,
    cast(null as varchar) as document_no,
    deposits.transaction_date,
    deposits.currency_id as currency_code,
    deposits.exchange_rate,
    deposits.updated_at,
    coalesce(deposits._fivetran_deleted, false) as is_deleted
from {{ source('quickbooks', 'deposit_line') }} as lines
inner join {{ source('quickbooks', 'deposit') }} as deposits on lines.deposit_id = deposits.id
