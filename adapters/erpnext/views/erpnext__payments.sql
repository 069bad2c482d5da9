-- A row a payment received from a customer.
with vouchers as (
    select * from {{ ref('erpnext__vouchers') }}
)

select
    payments.name as document_id,
    'receipt' as kind,
    payments.company as company_id,
    payments.party as customer_id,
    cast(null as varchar) as invoice_id,
    payments.name as document_no,
    payments.posting_date,
    cast(null as date) as due_date,
    coalesce(vouchers.currency_code, payments.paid_from_account_currency, companies.default_currency) as currency_code,
    -- A payment credits the customer with its deductions, too.
    case when payments.docstatus = 1 then least(payments.paid_amount, -vouchers.amount) else payments.paid_amount end
        as amount,
    cast(null as decimal(18, 4)) as tax_amount,
    case when payments.docstatus = 1 then greatest(-vouchers.amount - payments.paid_amount, 0) else 0 end
        as discount_amount,
    coalesce(payments.source_exchange_rate, vouchers.exchange_rate) as exchange_rate,
    payments.unallocated_amount as source_open_amount,
    payments.mode_of_payment as payment_method,
    payments.reference_no as reference,
    payments.docstatus = 2 as is_cancelled,
    false as is_deleted,
    payments.modified as updated_at
from {{ source('erpnext', 'payment_entry') }} as payments
left join vouchers on payments.name = vouchers.voucher_id and vouchers.voucher_type = 'Payment Entry'
left join {{ source('erpnext', 'company') }} as companies on payments.company = companies.name
where
    payments.docstatus in (1, 2)
    and payments.payment_type = 'Receive'
    and payments.party_type = 'Customer'
    and payments.party is not null
