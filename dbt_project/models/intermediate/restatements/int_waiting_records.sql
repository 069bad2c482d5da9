{#- The tables whose rows state the ledger's events, and their keys. -#}
{%- set tables = {
    'invoices': 'invoice_id', 'adjustments': 'adjustment_id', 'credit_memos': 'credit_memo_id',
    'receipts': 'receipt_id', 'applications': 'application_id', 'refunds': 'refund_id',
} -%}

with

differences as (

    select * from {{ ref('int_ledger_differences') }}

),

missing_references as (

    select * from {{ ref('int_missing_references_ar') }}
    union all
    select * from {{ ref('int_missing_references_payments') }}

),

records as (

    select distinct
        source_table,
        source_id
    from differences
    where entry = 'before'

),

keyed as (

    {% for table, key in tables.items() -%}
        select
            named.source_table,
            named.source_id,
            {{ row_key('named', [key]) }} as row_key
        from (
            select
                source_table,
                source_id,
                source_id as {{ key }}
            from records
            where source_table = '{{ table }}'
        ) as named
        {% if not loop.last -%}
            union all
        {% endif -%}
    {% endfor %}

),

final as (

    select
        keyed.source_table,
        keyed.source_id,
        min(
            case
                when missing_references.column_name like '%_id'
                    then
                        'waits for ' || replace(replace(missing_references.column_name, '_id', ''), '_', ' ') || ' '
                        || missing_references.value
                else 'waits: ' || missing_references.reason
            end
        ) as waits_for
    from keyed
    inner join missing_references
        on
            keyed.source_table = missing_references.table_name
            and keyed.row_key = missing_references.row_key
    group by
        keyed.source_table,
        keyed.source_id

)

select * from final
