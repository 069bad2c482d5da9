-- A row a document of a customer, and of a journal a row a line on a receivables account: what kind it is for Duebook,
-- and its amount, which is negative where it credits the customer.
with transactions as (
    select * from {{ source('netsuite', 'transaction') }}
),

main_lines as (
    select
        transaction,
        max(subsidiary) as subsidiary,
        max(foreignamount) as amount
    from {{ source('netsuite', 'transactionline') }}
    where mainline and _fivetran_deleted is not true
    group by transaction
),

journal_lines as (
    select * from {{ ref('netsuite__journal_lines') }}
),

declared_amounts as (
    select * from {{ ref('netsuite__declared_amounts') }}
),

undone_by_journals as (
    select distinct links.previousdoc as id
    from {{ source('netsuite', 'nexttransactionlinelink') }} as links
    inner join transactions on links.nextdoc = transactions.id
    where
        links.linktype = 'Payment'
        and links._fivetran_deleted is not true
        and transactions.type = 'Journal'
),

documents as (
    select
        transactions.*,
        transactions.id as document_id,
        transactions.entity as customer_id,
        main_lines.subsidiary,
        coalesce(transactions.foreigntotal, main_lines.amount) as amount,
        transactions.foreignamountunpaid as unpaid,
        transactions.foreignpaymentamountunused as unused
    from transactions
    left join main_lines on transactions.id = main_lines.transaction
    where coalesce(transactions.type, '') <> 'Journal'

    union all by name

    select
        transactions.*,
        journal_lines.document_id,
        journal_lines.entity as customer_id,
        journal_lines.subsidiary,
        journal_lines.foreignamount as amount,
        journal_lines.foreignamountunpaid as unpaid,
        journal_lines.foreignpaymentamountunused as unused
    from journal_lines
    inner join transactions on journal_lines.transaction = transactions.id
)

select
    documents.*,
    case
        when documents.type = 'CustInvc' then 'invoice'
        when documents.type = 'CustChrg' then 'debit_memo'
        when documents.type in ('CustPymt', 'CustDep') then 'receipt'
        when documents.type = 'DepAppl' then 'deposit_application'
        when documents.type = 'CustRfnd' then 'refund'
        when documents.type = 'Journal' and documents.amount > 0 then 'debit_memo'
        when documents.type in ('CustCred', 'Journal') and abs(documents.amount) = abs(declared_amounts.amount)
            then declared_amounts.kind
        when documents.type in ('CustCred', 'Journal') then 'credit_memo'
    end as kind,
    -- What a journal reversed has been settled by it, on its day.
    coalesce(documents.voided, false)
    and documents.id not in (select undone_by_journals.id from undone_by_journals) as is_voided
from documents
left join
    declared_amounts
    on documents.id = declared_amounts.transaction and abs(documents.amount) = abs(declared_amounts.amount)
