-- A row what a journal entry booked on a customer, and what is left of a payment to one.
with vouchers as (
    select * from {{ ref('erpnext__vouchers') }}
),

-- What the ledger has against each document is what is open of it.
open_amounts as (
    select
        against_id,
        sum(amount) as amount
    from {{ ref('erpnext__entries') }}
    where not is_undone
    group by against_id
),

write_offs as (
    select name as voucher_no from {{ source('erpnext', 'journal_entry') }}
    where voucher_type in {{ option('write_off_journals') }}

    union

    select parent from {{ source('erpnext', 'journal_entry_account') }}
    where account in {{ option('write_off_accounts') }}
)

select
    vouchers.voucher_id as document_id,
    case
        when vouchers.own_amount > 0 then 'debit_memo'
        when vouchers.voucher_type = 'Payment Entry' then null
        when vouchers.voucher_no in (select write_offs.voucher_no from write_offs) then 'write_off'
        when journals.voucher_type in {{ option('receipt_journals') }} then 'receipt'
        else 'credit_memo'
    end as kind,
    vouchers.company as company_id,
    vouchers.party as customer_id,
    cast(null as varchar) as invoice_id,
    vouchers.voucher_no as document_no,
    vouchers.posting_date,
    coalesce(vouchers.due_date, vouchers.posting_date) as due_date,
    vouchers.currency_code,
    abs(case when vouchers.own_amount > 0 then vouchers.own_amount else vouchers.amount end) as amount,
    cast(null as decimal(18, 4)) as tax_amount,
    cast(0 as decimal(18, 4)) as discount_amount,
    vouchers.exchange_rate,
    abs(coalesce(open_amounts.amount, 0)) as source_open_amount,
    cast(null as varchar) as payment_method,
    cast(null as varchar) as reference,
    false as is_cancelled,
    vouchers.is_undone as is_deleted,
    vouchers.updated_at
from vouchers
left join {{ source('erpnext', 'journal_entry') }} as journals on vouchers.voucher_no = journals.name
left join {{ source('erpnext', 'payment_entry') }} as payments on vouchers.voucher_no = payments.name
left join open_amounts on vouchers.voucher_id = open_amounts.against_id
where
    (
        vouchers.voucher_type = 'Journal Entry'
        or (vouchers.voucher_type = 'Payment Entry' and payments.payment_type = 'Pay' and vouchers.own_amount > 0)
    )
    -- A reconciliation of other documents with each other has nothing of its own.
    and (vouchers.amount < 0 or vouchers.own_amount > 0 or vouchers.is_undone)
