-- A row a document that receivables consist of: what it is for Duebook, its amount, what QuickBooks says is open of it.
-- QuickBooks voids a document by setting its amounts to 0 and beginning its note with "Voided".
with transactions as (
    select * from {{ ref('quickbooks__transactions') }}
),

memo_kinds as (
    select * from {{ ref('quickbooks__memo_kinds') }}
),

documents as (
    select
        case transactions.transaction_type
            when 'invoice' then 'invoice'
            when 'payment' then 'receipt'
            else coalesce(memo_kinds.kind, 'credit_memo')
        end as kind,
        transactions.transaction_id as document_id,
        transactions._company_id,
        transactions.customer_id,
        transactions.document_no,
        transactions.transaction_date,
        transactions.due_date,
        transactions.currency_code,
        transactions.exchange_rate,
        transactions.amount,
        transactions.tax_amount,
        transactions.open_amount,
        transactions.payment_method,
        transactions.private_note,
        transactions.updated_at,
        transactions.is_deleted,
        lower(transactions.private_note) like 'void%' and transactions.amount = 0 as is_voided
    from transactions
    left join memo_kinds
        on transactions.transaction_id = memo_kinds.credit_memo_id and transactions.transaction_type = 'credit_memo'

    union all

    -- A deposit taken on an invoice lowers its balance without any payment.
    select
        'receipt',
        transaction_id || '-deposit',
        _company_id,
        customer_id,
        document_no,
        transaction_date,
        null,
        currency_code,
        exchange_rate,
        deposit_amount,
        null,
        0,
        null,
        private_note,
        updated_at,
        is_deleted,
        false
    from transactions
    where deposit_amount > 0

    union all

    select
        kind,
        document_id,
        _company_id,
        customer_id,
        document_no,
        transaction_date,
        transaction_date as due_date,
        currency_code,
        exchange_rate,
        amount,
        null,
        null,
        null,
        null,
        updated_at,
        is_deleted,
        false
    from {{ ref('quickbooks__ar_lines') }}
)

select
    documents.kind,
    documents.document_id,
    documents._company_id as company_id,
    documents.customer_id,
    documents.document_no,
    documents.transaction_date,
    documents.due_date,
    coalesce(documents.currency_code, companies.currency_code) as currency_code,
    case
        when coalesce(documents.currency_code, companies.currency_code) = companies.currency_code then 1
        else documents.exchange_rate
    end as exchange_rate,
    companies.currency_code as company_currency_code,
    documents.amount,
    documents.tax_amount,
    documents.open_amount,
    documents.payment_method,
    documents.private_note,
    documents.updated_at,
    documents.is_deleted,
    coalesce(documents.is_voided, false) as is_voided
from documents
left join {{ source('declared', 'companies') }} as companies on documents._company_id = companies.company_id
