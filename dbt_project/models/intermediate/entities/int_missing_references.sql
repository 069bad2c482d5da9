{#- For each referenced table: the relation of its usable rows (a model, or a CTE below), and their key. -#}
{%- set partners = {
    'companies': (ref('int_companies'), 'company_id'),
    'customers': (ref('int_customers'), 'customer_id'),
    'invoices': (ref('int_invoices'), 'invoice_id'),
    'receipts': ('receipts', 'receipt_id'),
    'credit_memos': ('credit_memos', 'credit_memo_id'),
    'employees': ('employees', 'employee_id'),
} -%}

{#- The landed tables with rows that use a receipt or memo, and their keys. -#}
{%- set uses = {'applications': 'application_id', 'refunds': 'refund_id', 'reversals': 'reversal_id'} -%}

with

employees as (

    select employee_id from {{ ref('stg_collections__employees') }}
    group by employee_id

),

credit_items as (

    select * from {{ ref('int_credit_items') }}

),

instalments as (

    select * from {{ ref('stg_ar__instalments') }}

),

invoices as (

    select * from {{ ref('int_invoices') }}

),

waiting_uses as (

    select * from {{ ref('int_waiting_uses') }}

),

{% for item_type in ['receipt', 'credit_memo'] -%}
    {{ item_type }}s as (

        select item_id as {{ item_type }}_id from credit_items
        where item_type = '{{ item_type }}'

    ),
{% endfor %}

found as (

    {{ missing_references(partners) }}

),

-- All instalments of a known invoice wait if they do not add up to it.
not_adding_up as (

    select
        'instalments' as table_name,
        {{ row_key('instalments', ['instalment_id']) }} as row_key,
        'amount' as column_name,
        cast(instalments.amount as string) as value,
        'the instalments of invoice ' || instalments.invoice_id || ' do not add up to its amount of '
        || cast(invoices.amount as string) as reason,
        instalments.source_file,
        instalments.source_row,
        instalments.load_id,
        instalments.loaded_at
    from instalments
    inner join invoices on instalments.invoice_id = invoices.invoice_id
    left join {{ ref('int_instalments') }} as laid_out on instalments.instalment_id = laid_out.instalment_id
    where laid_out.instalment_id is null

),

-- A use that takes more than its receipt or memo has left waits completely.
not_fitting as (

    {% for table_name, key in uses.items() -%}
        select
            '{{ table_name }}' as table_name,
            {{ row_key('landed', [key]) }} as row_key,
            {% if table_name == 'applications' -%}
                case when landed.amount = landed.source_amount then 'amount' else 'source_amount' end as column_name,
            {%- else -%}
                'amount' as column_name,
            {%- endif %}
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
    select * from not_adding_up
    union all
    select * from not_fitting

)

select * from final
