-- Write-offs are documents of their own, applied to an invoice; discounts and rounding are details of the invoice.
with details as (
    select * from {{ source('business_central', 'detailed_entry') }}
),

entries as (
    select * from {{ ref('bc__entries') }}
),

pairs as (
    select * from {{ ref('bc__pairs') }}
)

select
    detail_no as adjustment_id,
    debit_entry_no as invoice_id,
    posting_date as adjustment_date,
    'write_off' as adjustment_type,
    -amount as amount
from pairs
where credit_kind = 'write_off' and undone_date is null

union all

select
    details."Entry No.",
    details."Cust. Ledger Entry No.",
    details."Posting Date",
    case when details."Entry Type" like 'Payment Discount%' then 'discount' else 'small_balance' end,
    details."Amount"
from details
inner join entries on details."Cust. Ledger Entry No." = entries.entry_no
where
    (
        details."Entry Type" like 'Payment Discount%'
        or details."Entry Type" like 'Payment Tolerance%'
        or details."Entry Type" in ('Appln. Rounding', 'Correction of Remaining Amount')
    )
    and details."Unapplied" is not true
    and details."Amount" <> 0
    and entries.kind in ('invoice', 'debit_memo', 'finance_charge')
