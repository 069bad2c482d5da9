-- A row a payment, with its customer: the list's own, else the known payer's.
select
    lines.receipt_id,
    lines.is_named_by_content,
    lines.company_id,
    coalesce(lines.customer_id, payers.customer_id) as customer_id,
    lines.payer,
    lines.receipt_date,
    lines.currency_code,
    lines.exchange_rate,
    lines.amount,
    coalesce(lines.reference, '') as memo
from {{ ref('flat__bank_lines') }} as lines
left join {{ source('flat', 'payers') }} as payers on regexp_replace(lower(lines.payer), '\s+', '', 'g') = payers.payer
where lines.copy_number = 1
