with

landed_activities as (

    select * from {{ source('collections', 'activities') }}

),

landed_placements as (

    select * from {{ source('collections', 'placements') }}

),

landed_invoices as (

    select * from {{ source('ar', 'invoices') }}

),

landed_receipts as (

    select * from {{ source('payments', 'receipts') }}

),

landed_credit_memos as (

    select * from {{ source('ar', 'credit_memos') }}

),

customers as (

    select * from {{ ref('stg_ar__customers') }}

),

activities as (

    select * from {{ ref('stg_collections__activities') }}

),

placements as (

    select * from {{ ref('stg_collections__placements') }}

),

records as (

    select * from {{ ref('int_records_this_run') }}

),

documents as (

    select * from {{ ref('int_documents_this_run') }}

),

-- Whether the law applies to a contact depends on placements and their invoices, in all versions of both.
placed_invoices as (

    select invoice_id
    from landed_placements
    where {{ landed_again(source('collections', 'placements'), 'placement_id') }}
    union distinct
    select invoice_id
    from placements
    where invoice_id in (select documents.invoice_id from documents)

),

touched_customers as (

    select record_id as customer_id
    from records
    where record_type = 'customer'
    union distinct
    select landed_invoices.customer_id
    from landed_invoices
    inner join placed_invoices on landed_invoices.invoice_id = placed_invoices.invoice_id
    {% for document in ['invoice', 'receipt', 'credit_memo'] -%}
        -- If no customers land, they exist as long as a document names them.
        union distinct
        select customer_id
        from landed_{{ document }}s
        where
            {{ landed_again('landed_' ~ document ~ 's', document ~ '_id') }}
            and not exists (select 1 from customers)
    {% endfor %}

),

final as (

    select activity_id
    from landed_activities
    where {{ landed_again(source('collections', 'activities'), 'activity_id') }}
    union distinct
    select activity_id
    from activities
    where
        customer_id in (select touched.customer_id from touched_customers as touched)
        or invoice_id in (select placed.invoice_id from placed_invoices as placed)
        or ({{ has_come('cast(occurred_at as date)') }})

)

select * from final
