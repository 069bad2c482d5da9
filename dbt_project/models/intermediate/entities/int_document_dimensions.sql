{#- Landed tables of documents: their staging model, what the ledger calls them, their key, and the columns of the
    contract that may be declared (a test holds these against the contract). -#}
{%- set landed_tables = {
    'invoices': ('stg_ar__invoices', 'invoice', 'invoice_id', ['invoice_type', 'currency_code']),
    'credit_memos': ('stg_ar__credit_memos', 'credit_memo', 'credit_memo_id', ['memo_type', 'currency_code']),
    'receipts': ('stg_payments__receipts', 'receipt', 'receipt_id', ['currency_code', 'payment_method']),
} -%}

with

declared as (

    select * from {{ ref('dimensions') }}

),

customer_dimensions as (

    select * from {{ ref('int_customer_dimensions') }}
    where value is not null

),

documents as (

    select
        'invoice' as item_type,
        invoice_id as item_id,
        customer_id,
        invoice_date as document_date
    from {{ ref('int_invoices') }}
    union all
    select
        item_type,
        item_id,
        customer_id,
        item_date as document_date
    from {{ ref('int_credit_items') }}

),

landed as (

    {% for table, (model, item_type, key, known) in landed_tables.items() -%}
        select
            '{{ item_type }}' as item_type,
            {{ key }} as item_id,
            declared.dimension,
            {{ landed_text('declared.source_column', known) }} as value
        from {{ ref(model) }}
        cross join declared
        where declared.source_table = '{{ table }}'
        {% if not loop.last -%}
            union all
        {% endif -%}
    {% endfor %}

),

stacked as (

    select
        landed.item_type,
        landed.item_id,
        landed.dimension,
        landed.value as own_value,
        cast(null as string) as customer_value
    from landed
    inner join documents
        on
            landed.item_type = documents.item_type
            and landed.item_id = documents.item_id
    where landed.value is not null
    union all
    select
        documents.item_type,
        documents.item_id,
        customer_dimensions.dimension,
        cast(null as string) as own_value,
        customer_dimensions.value as customer_value
    from documents
    inner join customer_dimensions
        on
            documents.customer_id = customer_dimensions.customer_id
            and documents.document_date >= customer_dimensions.valid_from
            and documents.document_date < coalesce(customer_dimensions.valid_until, cast('9999-12-31' as date))

),

-- What the document itself says counts before what its customer's card said that day.
final as (

    select
        item_type,
        item_id,
        dimension,
        coalesce(max(own_value), max(customer_value)) as value
    from stacked
    group by item_type, item_id, dimension

)

select * from final
