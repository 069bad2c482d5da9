-- Overpayments and prepayments come as an object or as a list of one.
with payments as (
    select
        *,
        _id_prefix || coalesce(
            "Overpayment" ->> '$.OverpaymentID', "Overpayment" ->> '$[0].OverpaymentID'
        ) as overpayment_id,
        _id_prefix || coalesce(
            "Prepayment" ->> '$.PrepaymentID', "Prepayments" ->> '$[0].PrepaymentID'
        ) as prepayment_id
    from {{ source('xero', 'payments') }}
)

select
    "PaymentID" as payment_id,
    "Status" as status,
    coalesce("BatchPaymentID", "BatchPayment.BatchPaymentID") as batch_payment_id,
    case
        when "Invoice.InvoiceID" is not null then 'invoice'
        when "CreditNote.CreditNoteID" is not null then 'credit_note'
        when overpayment_id is not null then 'overpayment'
        when prepayment_id is not null then 'prepayment'
    end as document_type,
    coalesce("Invoice.InvoiceID", "CreditNote.CreditNoteID", overpayment_id, prepayment_id) as document_id,
    "Date" as payment_date,
    "Amount" as amount,
    "CurrencyRate" as currency_rate,
    "Reference" as reference,
    "UpdatedDateUTC" as updated_at
from payments
