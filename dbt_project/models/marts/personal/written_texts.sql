{#- The columns of the contract that are free text, by the staging model of their table and its key; a test holds them
    against the contract. Names of customers are in customer_contacts. -#}
{%- set written = {
    'stg_ar__invoices': ('invoice_id', ['invoice_number']),
    'stg_ar__credit_memos': ('credit_memo_id', ['reason_code']),
    'stg_ar__adjustments': ('adjustment_id', ['reason_code']),
    'stg_ar__disputes': ('dispute_id', ['reason_code']),
    'stg_payments__receipts': ('receipt_id', ['reference', 'reversal_reason']),
    'stg_payments__reversals': ('reversal_id', ['reason']),
    'stg_collections__activities': ('activity_id', ['outcome']),
    'stg_collections__placements': ('placement_id', ['agency_name']),
} -%}

with

-- Invoice numbers of businesses are published as they are.
persons as (

    select customer_id from {{ ref('int_customers') }}
    where is_consumer

),

texts as (

    {% for model, (key, columns) in written.items() -%}
        {%- set outer = loop -%}
        {% for column in columns -%}
            select
                '{{ model.split('__')[1] }}' as table_name,
                {{ key }} as record_id,
                '{{ column }}' as column_name,
                {{ column }} as written_text
            from {{ ref(model) }}
            where
                {{ column }} is not null
                {% if column == 'invoice_number' -%}
                    and customer_id in (select persons.customer_id from persons)
                {%- endif %}
            {% if not (loop.last and outer.last) -%}
                union all
            {% endif -%}
        {% endfor -%}
    {% endfor %}

),

-- These are published as they are.
listed as (

    select reason_code as word from {{ ref('reason_codes') }}
    union distinct
    select outcome as word from {{ ref('activity_outcomes') }}

),

final as (

    select
        texts.table_name,
        texts.record_id,
        texts.column_name,
        texts.written_text
    from texts
    left join listed on texts.written_text = listed.word
    where listed.word is null

)

select * from final
