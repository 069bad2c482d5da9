-- A row a voucher of a customer in the payment ledger, with the sum of its entries.
select
    voucher_type,
    voucher_no,
    voucher_id,
    company,
    party,
    currency_code,
    min(posting_date) as posting_date,
    min(due_date) as due_date,
    sum(case when not is_undone then amount else 0 end) as amount,
    -- What of it was not booked against another document.
    sum(case when is_own and not is_undone then amount else 0 end) as own_amount,
    sum(company_amount) / nullif(sum(amount), 0) as exchange_rate,
    bool_and(is_undone) as is_undone,
    max(updated_at) as updated_at
from {{ ref('erpnext__entries') }}
group by voucher_type, voucher_no, voucher_id, company, party, currency_code
