-- A row an invoice, a credit note, an overpayment or a prepayment, of customers and of suppliers.
select
    'invoice' as document_type,
    _company_id,
    "InvoiceID" as document_id,
    "Type" as xero_type,
    "Status" as status,
    "Contact.ContactID" as contact_id,
    "InvoiceNumber" as document_no,
    "Reference" as reference,
    "Date" as document_date,
    "DueDate" as due_date,
    "CurrencyCode" as currency_code,
    "CurrencyRate" as currency_rate,
    "Total" as amount,
    "TotalTax" as tax_amount,
    "AmountDue" as open_amount,
    "UpdatedDateUTC" as updated_at
from {{ source('xero', 'invoices') }}

union all

select
    'credit_note',
    _company_id,
    "CreditNoteID",
    "Type",
    "Status",
    "Contact.ContactID",
    "CreditNoteNumber",
    "Reference",
    "Date",
    null,
    "CurrencyCode",
    "CurrencyRate",
    "Total",
    null,
    "RemainingCredit",
    "UpdatedDateUTC"
from {{ source('xero', 'credit_notes') }}

union all

select
    'overpayment',
    _company_id,
    "OverpaymentID",
    "Type",
    "Status",
    "Contact.ContactID",
    null,
    "Reference",
    "Date",
    null,
    "CurrencyCode",
    "CurrencyRate",
    "Total",
    null,
    "RemainingCredit",
    "UpdatedDateUTC"
from {{ source('xero', 'overpayments') }}

union all

select
    'prepayment',
    _company_id,
    "PrepaymentID",
    "Type",
    "Status",
    "Contact.ContactID",
    null,
    "Reference",
    "Date",
    null,
    "CurrencyCode",
    "CurrencyRate",
    "Total",
    null,
    "RemainingCredit",
    "UpdatedDateUTC"
from {{ source('xero', 'prepayments') }}
