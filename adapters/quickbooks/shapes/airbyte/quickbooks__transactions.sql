-- A row an invoice, a credit memo or a payment.
select
    'invoice' as transaction_type,
    _company_id,
    "Id" as transaction_id,
    "CustomerRef.value" as customer_id,
    "DocNumber" as document_no,
    "TxnDate" as transaction_date,
    "DueDate" as due_date,
    "CurrencyRef.value" as currency_code,
    "ExchangeRate" as exchange_rate,
    "TotalAmt" as amount,
    "TxnTaxDetail.TotalTax" as tax_amount,
    "Deposit" as deposit_amount,
    "Balance" as open_amount,
    cast(null as varchar) as payment_method,
    "PrivateNote" as private_note,
    "MetaData.LastUpdatedTime" as updated_at,
    false as is_deleted
from {{ source('quickbooks', 'invoices') }}

union all

select
    'credit_memo',
    _company_id,
    "Id",
    "CustomerRef.value",
    "DocNumber",
    "TxnDate",
    null,
    "CurrencyRef.value",
    "ExchangeRate",
    "TotalAmt",
    null,
    null,
    "RemainingCredit",
    null,
    "PrivateNote",
    "MetaData.LastUpdatedTime",
    false
from {{ source('quickbooks', 'credit_memos') }}

union all

select
    'payment',
    payments._company_id,
    payments."Id",
    payments."CustomerRef.value",
    payments."PaymentRefNum",
    payments."TxnDate",
    null,
    payments."CurrencyRef.value",
    payments."ExchangeRate",
    payments."TotalAmt",
    null,
    null,
    payments."UnappliedAmt",
    methods."Name",
    payments."PrivateNote",
    payments."MetaData.LastUpdatedTime",
    false
from {{ source('quickbooks', 'payments') }} as payments
left join {{ source('quickbooks', 'payment_methods') }} as methods on payments."PaymentMethodRef.value" = methods."Id"
