with

credit_items as (

    select * from {{ ref('int_credit_items') }}

),

receipts as (

    select item_id as receipt_id from credit_items
    where item_type = 'receipt'

),

credit_memos as (

    select item_id as credit_memo_id from credit_items
    where item_type = 'credit_memo'

),

found as (

    {{ missing_reference('payments', 'receipts', 'company_id', ref('int_companies'), 'company_id') }}
    union all
    {{ missing_reference('payments', 'receipts', 'customer_id', ref('int_customers'), 'customer_id') }}
    union all
    {{ missing_reference('payments', 'applications', 'invoice_id', ref('int_invoices'), 'invoice_id') }}
    union all
    {{ missing_reference('payments', 'applications', 'receipt_id', 'receipts', 'receipt_id') }}
    union all
    {{ missing_reference('payments', 'applications', 'credit_memo_id', 'credit_memos', 'credit_memo_id') }}
    union all
    {{ missing_reference('payments', 'refunds', 'receipt_id', 'receipts', 'receipt_id') }}
    union all
    {{ missing_reference('payments', 'refunds', 'credit_memo_id', 'credit_memos', 'credit_memo_id') }}

)

select * from found
