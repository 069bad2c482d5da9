{#- The landed tables whose rows use a receipt or memo, their keys, and the column that says how much of it. -#}
{%- set uses = [
    (
        'applications',
        'application_id',
        "case when landed.amount = landed.source_amount then 'amount' else 'source_amount' end",
    ),
    ('refunds', 'refund_id', "'amount'"),
    ('reversals', 'reversal_id', "'amount'"),
] -%}

with

waiting_uses as (

    select * from {{ ref('int_waiting_uses') }}

),

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
    union all
    {{ missing_reference('payments', 'reversals', 'receipt_id', 'receipts', 'receipt_id') }}

),

-- What a receipt or memo can't bear is held back whole.
not_fitting as (

    {% for table_name, key, column_name in uses -%}
        select
            '{{ table_name }}' as table_name,
            {{ row_key('landed', [key]) }} as row_key,
            {{ column_name }} as column_name,
            cast(waiting_uses.amount as string) as value,
            waiting_uses.reason,
            landed.source_file,
            landed.source_row,
            landed.load_id,
            landed.loaded_at
        from {{ ref('stg_payments__' ~ table_name) }} as landed
        inner join waiting_uses on landed.{{ key }} = waiting_uses.use_id
        where waiting_uses.table_name = '{{ table_name }}'
        {% if not loop.last -%}
            union all
        {% endif -%}
    {% endfor %}

),

final as (

    select * from found
    union all
    select * from not_fitting

)

select * from final
