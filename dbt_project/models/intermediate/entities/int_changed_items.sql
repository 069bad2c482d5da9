with

records as (

    select * from {{ ref('int_changed_records') }}

),

invoices as (

    select * from {{ ref('stg_ar__invoices') }}

),

receipts as (

    select * from {{ ref('stg_payments__receipts') }}

),

credit_memos as (

    select * from {{ ref('stg_ar__credit_memos') }}

),

applications as (

    select * from {{ ref('stg_payments__applications') }}

),

items as (

    select
        'invoice' as item_type,
        invoice_id as item_id,
        company_id,
        customer_id
    from invoices
    union all
    select
        'receipt' as item_type,
        receipt_id as item_id,
        company_id,
        customer_id
    from receipts
    union all
    select
        'credit_memo' as item_type,
        credit_memo_id as item_id,
        company_id,
        customer_id
    from credit_memos

),

-- All that is of a customer or company whose own record changed has changed with it.
changed as (

    select
        record_type as item_type,
        record_id as item_id
    from records
    where record_type not in ('customer', 'company')
    union distinct
    select
        items.item_type,
        items.item_id
    from items
    inner join records on records.record_type = 'customer' and items.customer_id = records.record_id
    union distinct
    select
        items.item_type,
        items.item_id
    from items
    inner join records on records.record_type = 'company' and items.company_id = records.record_id

),

applied as (

    select
        invoice_id,
        case when receipt_id is null then 'credit_memo' else 'receipt' end as source_type,
        coalesce(receipt_id, credit_memo_id) as source_id
    from applications

),

-- An application takes effect when both its sides are there: what changes the one may move it on the other.
linked as (

    select
        applied.source_type as item_type,
        applied.source_id as item_id
    from applied
    inner join changed on changed.item_type = 'invoice' and applied.invoice_id = changed.item_id
    union distinct
    select
        'invoice' as item_type,
        applied.invoice_id as item_id
    from applied
    inner join changed on applied.source_type = changed.item_type and applied.source_id = changed.item_id

),

unioned as (

    select * from changed
    union distinct
    select * from linked

)

select * from unioned
