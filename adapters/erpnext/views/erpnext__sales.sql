-- A row a sales invoice or return.
with vouchers as (
    select * from {{ ref('erpnext__vouchers') }}
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
                when invoices.docstatus = 1 and vouchers.is_undone is not null
                    then
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
