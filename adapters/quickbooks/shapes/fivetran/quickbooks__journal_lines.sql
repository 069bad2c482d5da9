select
    entries._company_id,
    entries.id as journal_id,
    lines.account_id,
    lines.customer_id,
    lower(lines.posting_type) as side,
    lines.amount,
    entries.doc_number as document_no,
    entries.transaction_date,
    entries.currency_id as currency_code,
    entries.exchange_rate,
    entries.updated_at,
    coalesce(entries._fivetran_deleted, false) as is_deleted
from {{ source('quickbooks', 'journal_entry_line') }} as lines
inner join {{ source('quickbooks', 'journal_entry') }} as entries on lines.journal_entry_id = entries.id
