with

records as (

    select * from {{ ref('int_records_this_run') }}

),

contested as (

    select * from {{ ref('int_contested_credits') }}

),

applications as (

    select * from {{ ref('stg_payments__applications') }}

),

items as (

    {% for item_type, staged in {
        'invoice': ref('stg_ar__invoices'),
        'receipt': ref('stg_payments__receipts'),
        'credit_memo': ref('stg_ar__credit_memos'),
    }.items() -%}
        select
            '{{ item_type }}' as item_type,
            {{ item_type }}_id as item_id,
            company_id,
            customer_id
        from {{ staged }}
        {% if not loop.last -%}
            union all
        {% endif -%}
    {% endfor %}

),

-- If a customer or company has changed, all its documents count as changed.
changed as (

    select
        record_type as item_type,
        record_id as item_id
    from records
    where record_type not in ('customer', 'company')
    union distinct
    {% for party in ['customer', 'company'] -%}
        select
            items.item_type,
            items.item_id
        from items
        inner join records on records.record_type = '{{ party }}' and items.{{ party }}_id = records.record_id
        {% if not loop.last -%}
            union distinct
        {% endif -%}
    {% endfor %}

),

applied as (

    select
        invoice_id,
        case when receipt_id is null then 'credit_memo' else 'receipt' end as source_type,
        coalesce(receipt_id, credit_memo_id) as source_id
    from applications

),

-- An application takes effect when both documents exist, so a change of one document can change its day in the other.
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

-- Whether a use of a receipt or memo fits depends on its other uses, so a change of one can change all.
beside as (

    select
        'invoice' as item_type,
        applied.invoice_id as item_id
    from applied
    inner join linked on applied.source_type = linked.item_type and applied.source_id = linked.item_id
    inner join contested on linked.item_type = contested.item_type and linked.item_id = contested.item_id

),

unioned as (

    {% for items_of in ['changed', 'linked', 'beside'] -%}
        select * from {{ items_of }}
        {{ 'union distinct' if not loop.last }}
    {% endfor %}

),

final as (

    select
        item_type,
        item_id,
        case when item_type = 'invoice' then item_id end as invoice_id
    from unioned

)

select * from final
