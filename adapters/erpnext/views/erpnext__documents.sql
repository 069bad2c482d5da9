-- A row a document of a customer: what kind it is for Duebook, and its first amount, always positive.
with vouchers as (
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
),

invoices as (
    select
        invoices.*,
        coalesce(vouchers.currency_code, invoices.currency) as currency_code,
        case
            when vouchers.currency_code is null or vouchers.currency_code = invoices.currency
                then invoices.conversion_rate
            else vouchers.exchange_rate
        end as exchange_rate,
        -- Zero where the point of sale was paid at once.
        abs(
            case
                when invoices.docstatus = 1 and vouchers.is_undone is not null then
                    case when invoices.is_return then vouchers.amount else vouchers.own_amount end
                when invoices.rounded_total <> 0 and invoices.disable_rounded_total is not true
                    then invoices.rounded_total
                else invoices.grand_total
            end
        ) as amount
    from {{ source('erpnext', 'sales_invoice') }} as invoices
    left join vouchers on invoices.name = vouchers.voucher_id and vouchers.voucher_type = 'Sales Invoice'
    where invoices.docstatus in (1, 2)
)

select
    name as document_id,
    case when is_return then 'credit_memo' when is_opening = 'Yes' then 'opening_balance' else 'invoice' end as kind,
    company as company_id,
    customer as customer_id,
    return_against as invoice_id,
    name as document_no,
    posting_date,
    due_date,
    currency_code,
    amount,
    case when currency = currency_code then total_taxes_and_charges end as tax_amount,
    cast(0 as decimal(18, 4)) as discount_amount,
    exchange_rate,
    case when is_return then -outstanding_amount else outstanding_amount end as source_open_amount,
    cast(null as varchar) as payment_method,
    cast(null as varchar) as reference,
    docstatus = 2 as is_cancelled,
    false as is_deleted,
    modified as updated_at
from invoices

union all

select
    payments.name,
    'receipt',
    payments.company,
    payments.party,
    null,
    payments.name,
    payments.posting_date,
    null,
    coalesce(vouchers.currency_code, payments.paid_from_account_currency, companies.default_currency),
    -- A payment credits the customer with its deductions, too.
    case when payments.docstatus = 1 then least(payments.paid_amount, -vouchers.amount) else payments.paid_amount end,
    null,
    case when payments.docstatus = 1 then greatest(-vouchers.amount - payments.paid_amount, 0) else 0 end,
    coalesce(payments.source_exchange_rate, vouchers.exchange_rate),
    payments.unallocated_amount,
    payments.mode_of_payment,
    payments.reference_no,
    payments.docstatus = 2,
    false,
    payments.modified
from {{ source('erpnext', 'payment_entry') }} as payments
left join vouchers on payments.name = vouchers.voucher_id and vouchers.voucher_type = 'Payment Entry'
left join {{ source('erpnext', 'company') }} as companies on payments.company = companies.name
where payments.docstatus in (1, 2)
    and payments.payment_type = 'Receive'
    and payments.party_type = 'Customer'
    and payments.party is not null

union all

-- Journal entries, and what is left of payments to customers.
select
    vouchers.voucher_id,
    case
        when vouchers.own_amount > 0 then 'debit_memo'
        when vouchers.voucher_type = 'Payment Entry' then null
        when vouchers.voucher_no in (select write_offs.voucher_no from write_offs) then 'write_off'
        when journals.voucher_type in {{ option('receipt_journals') }} then 'receipt'
        else 'credit_memo'
    end,
    vouchers.company,
    vouchers.party,
    null,
    vouchers.voucher_no,
    vouchers.posting_date,
    coalesce(vouchers.due_date, vouchers.posting_date),
    vouchers.currency_code,
    abs(case when vouchers.own_amount > 0 then vouchers.own_amount else vouchers.amount end),
    null,
    0,
    vouchers.exchange_rate,
    abs(coalesce(open_amounts.amount, 0)),
    null,
    null,
    false,
    vouchers.is_undone,
    vouchers.updated_at
from vouchers
left join {{ source('erpnext', 'journal_entry') }} as journals on vouchers.voucher_no = journals.name
left join {{ source('erpnext', 'payment_entry') }} as payments on vouchers.voucher_no = payments.name
left join open_amounts on vouchers.voucher_id = open_amounts.against_id
where (
        vouchers.voucher_type = 'Journal Entry'
        or (vouchers.voucher_type = 'Payment Entry' and payments.payment_type = 'Pay' and vouchers.own_amount > 0)
    )
    -- A reconciliation of other documents with each other has nothing of its own.
    and (vouchers.amount < 0 or vouchers.own_amount > 0 or vouchers.is_undone)
