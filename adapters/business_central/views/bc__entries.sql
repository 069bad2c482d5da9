-- A row an entry of the customer ledger: its first amount and what kind of document it is for Duebook.
-- A document without a type that debits is the reversal of a payment if payments are all it is applied to; one that
-- credits is a credit memo, unless it is declared to write off.
with entries as (
    select * from {{ source('business_central', 'cust_ledger_entry') }}
),

details as (
    select * from {{ source('business_central', 'detailed_entry') }}
),

amounts as (
    select
        "Cust. Ledger Entry No." as entry_no,
        sum("Amount") as amount,
        sum("Amount (LCY)") as amount_lcy
    from details
    where "Entry Type" = 'Initial Entry'
    group by "Cust. Ledger Entry No."
),

paid_back as (
    -- What payments were reversed by: the other side of each of their entries.
    select
        details."Applied Cust. Ledger Entry No." as entry_no,
        sum(details."Amount") as amount
    from details
    inner join entries on details."Cust. Ledger Entry No." = entries."Entry No."
    where
        details."Entry Type" = 'Application'
        and entries."Document Type" = 'Payment'
        and details."Applied Cust. Ledger Entry No." <> details."Cust. Ledger Entry No."
    group by details."Applied Cust. Ledger Entry No."
),

companies as (
    select
        coalesce(information._company_id, declared.company_id) as _company_id,
        coalesce(declared.company_id, information."Name") as company_id,
        coalesce(information."LCY Code", declared.currency_code) as currency_code
    from {{ source('business_central', 'company_information') }} as information
    full join {{ source('declared', 'companies') }} as declared on information._company_id = declared.company_id
)

select
    entries."Entry No." as entry_no,
    companies.company_id,
    entries."Customer No." as customer_id,
    entries."Document No." as document_no,
    entries."Posting Date" as posting_date,
    entries."Due Date" as due_date,
    coalesce(entries."Currency Code", companies.currency_code) as currency_code,
    amounts.amount,
    cast(amounts.amount_lcy / nullif(amounts.amount, 0) as decimal(28, 12)) as exchange_rate,
    -- As the ledger has it: debits are positive.
    entries."Remaining Amount" as remaining_amount,
    entries."SystemModifiedAt" as updated_at,
    case
        when entries."Document Type" in ('Finance Charge Memo', 'Reminder') then 'finance_charge'
        when entries."Document Type" = 'Refund' then 'refund'
        when entries."Document Type" = 'Payment' then 'receipt'
        when entries."Document Type" = 'Credit Memo' then 'credit_memo'
        when entries."Document Type" = 'Invoice' then 'invoice'
        when amounts.amount > 0 and paid_back.amount = amounts.amount then 'reversal'
        when amounts.amount > 0 then 'debit_memo'
        when entries."Document No." like {{ option('write_off_documents') }} then 'write_off'
        else 'credit_memo'
    end as kind
from entries
inner join amounts on entries."Entry No." = amounts.entry_no
left join paid_back on entries."Entry No." = paid_back.entry_no
left join companies on entries._company_id is not distinct from companies._company_id
