{#- For each table of documents: its key, and the types of record that its rows are or belong to. -#}
{%- set tables = [
    ('ar', 'invoices', 'invoice_id', ['invoice']),
    ('ar', 'instalments', 'instalment_id', ['invoice']),
    ('ar', 'adjustments', 'adjustment_id', ['invoice']),
    ('ar', 'credit_memos', 'credit_memo_id', ['credit_memo']),
    ('payments', 'receipts', 'receipt_id', ['receipt']),
    ('payments', 'refunds', 'refund_id', ['receipt', 'credit_memo']),
    ('payments', 'reversals', 'reversal_id', ['receipt']),
    ('payments', 'applications', 'application_id', ['invoice', 'receipt', 'credit_memo']),
] -%}

{#- For companies and customers: the columns that the ledger and the contact rules depend on. Sources land these tables
    again and again without changes. -#}
{%- set parties = [
    ('companies', 'company', []),
    ('customers', 'customer', ['segment', 'payment_terms_days', 'is_consumer', 'timezones']),
] -%}

with

companies as (

    select * from {{ source('ar', 'companies') }}

),

customers as (

    select * from {{ source('ar', 'customers') }}

),

{% for domain, table, key, record_types in tables %}
    {{ table }} as (

        select * from {{ source(domain, table) }}

    ),
{% endfor %}

redated as (

    select * from {{ ref('int_redated_invoices') }}

),

-- In all versions of records that have landed again: what an earlier version belonged to has changed, too.
named as (

    {% for domain, table, key, record_types in tables -%}
        {% set outer_loop = loop -%}
        {% for record_type in record_types -%}
            select
                '{{ record_type }}' as record_type,
                {{ record_type }}_id as record_id
            from {{ table }}
            where {{ landed_again(table, key) }}
            {% if not (loop.last and outer_loop.last) -%}
                union distinct
            {% endif -%}
        {% endfor -%}
    {% endfor %}

),

met_otherwise as (

    {% for table, record_type, asked in parties -%}
        {%- set known = [] -%}
        {%- for column in asked -%}
            {%- do known.append("coalesce(cast(" ~ column ~ " as string), '')") -%}
        {%- endfor -%}
        select
            '{{ record_type }}' as record_type,
            {{ record_type }}_id as record_id
        from {{ table }}
        where {{ landed_again(table, record_type ~ '_id') }}
        group by {{ record_type }}_id
        having
            {{ has_landed('min(source_file_number)') }}
            or count(
                distinct
                case when is_deleted then 'deleted' else {{ known | join(" || ':' || ") or "''" }} end
            ) > 1
        {% if not loop.last -%}
            union all
        {% endif -%}
    {% endfor %}

),

documents as (

    select * from named
    union distinct
    select * from redated

),

unioned as (

    select * from documents
    union all
    select * from met_otherwise

),

final as (

    select
        record_type,
        record_id
    from unioned
    where record_id is not null

)

select * from final
