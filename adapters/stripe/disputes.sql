-- Open ones; one that has been closed since it was landed is taken back.
select
    disputes.dispute_id,
    disputes.invoice_id,
    disputes.opened_date,
    disputes.reason as reason_code,
    disputes.amount,
    disputes.status in ('won', 'lost', 'warning_closed') as is_deleted
from {{ ref('stripe__disputes') }} as disputes
inner join {{ ref('stripe__documents') }} as documents on disputes.invoice_id = documents.invoice_id
