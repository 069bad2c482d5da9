-- A row a payment, with its customer: the list's own, else the known payer's.
select
    coalesce(lines.receipt_id, parse_filename(lines._file) || ':' || lines._row) as receipt_id,
    lines.company_id,
    coalesce(lines.customer_id, payers.customer_id) as customer_id,
    lines.payer,
    lines.receipt_date,
    lines.currency_code,
    lines.amount,
    coalesce(lines.reference, '') as memo
from {{ source('flat', 'rows') }} as lines
left join {{ source('flat', 'payers') }} as payers on lower(trim(lines.payer)) = lower(trim(payers.payer))
