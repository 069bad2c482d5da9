-- A row a document of a customer: what it is for Duebook. Xero's rate is in units of the document's currency for one of
-- the company's. A voided document keeps its amount; the day it was changed last is the day it was voided.
with note_lines as (
    select
        credit_note_id,
        case
            when account_code in {{ option('write_off_accounts') }} then 'write_off'
            when item_code in {{ option('write_off_items') }} then 'write_off'
            when account_code in {{ option('discount_accounts') }} then 'discount'
            when item_code in {{ option('discount_items') }} then 'discount'
            else 'credit_memo'
        end as kind
    from {{ ref('xero__credit_note_lines') }}
    -- Lines without account and item are remarks.
    where account_code is not null or item_code is not null
),

note_kinds as (
    select
        credit_note_id,
        case when min(kind) = max(kind) then min(kind) end as kind
    from note_lines
    group by credit_note_id
),

companies as (
    select
        organisations._company_id,
        coalesce(declared.company_id, organisations.organisation_id) as company_id,
        coalesce(declared.currency_code, organisations.currency_code) as currency_code
    from {{ ref('xero__organisations') }} as organisations
    full join {{ source('declared', 'companies') }} as declared on organisations._company_id = declared.company_id
),

documents as (
    select
        documents.*,
        case documents.document_type
            when 'invoice' then 'invoice'
            when 'credit_note' then coalesce(note_kinds.kind, 'credit_memo')
            else 'receipt'
        end as kind
    from {{ ref('xero__documents') }} as documents
    left join note_kinds
        on documents.document_id = note_kinds.credit_note_id and documents.document_type = 'credit_note'
    where documents.xero_type in (
        'ACCREC', 'ACCRECCREDIT', 'RECEIVE-OVERPAYMENT', 'AROVERPAYMENT', 'RECEIVE-PREPAYMENT', 'ARPREPAYMENT'
    )
)

select
    documents.kind,
    documents.document_type,
    documents.document_id,
    companies.company_id,
    companies.currency_code as company_currency_code,
    documents.contact_id as customer_id,
    documents.document_no,
    documents.reference,
    documents.document_date,
    documents.due_date,
    coalesce(documents.currency_code, companies.currency_code) as currency_code,
    case
        when coalesce(documents.currency_code, companies.currency_code) = companies.currency_code then 1
        else cast(1 / nullif(documents.currency_rate, 0) as decimal(28, 12))
    end as exchange_rate,
    documents.amount,
    documents.tax_amount,
    documents.open_amount,
    documents.status,
    documents.status in ('AUTHORISED', 'PAID', 'VOIDED') as is_posted,
    documents.status = 'DELETED' as is_deleted,
    case
        when documents.status = 'VOIDED'
            then greatest(cast(documents.updated_at as date), documents.document_date)
    end as voided_date,
    documents.updated_at
from documents
left join companies on coalesce(documents._company_id, companies.company_id) = companies.company_id
