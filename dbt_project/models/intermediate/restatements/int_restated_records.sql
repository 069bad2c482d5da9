{#- Columns that may have another value today, with their names in texts. Amounts are not among them: their difference
    is shown. -#}
{%- set compared_columns = [
    ('date', 'effective_date'), ('due date', 'due_date'), ('customer', 'customer_id'), ('company', 'company_id'),
    ('segment', 'segment'), ('item', 'item_id'), ('currency', 'currency_code'), ('credit sale', 'is_credit_sale'),
] -%}
{%- set sides = [('reported', 'published_ledger'), ('today', 'ledger')] -%}

with

ledger as (

    select * from {{ ref('fct_receivables_ledger') }}
    where {{ this_run(ref('int_items_this_run'), ['item_type', 'item_id'], adds=changed_since()['is_published']) }}

),

published_ledger as (

    select * from {{ ref('int_published_ledger') }}

),

records as (

    select distinct
        source_table,
        source_id
    from {{ ref('int_ledger_differences') }}

),

-- All values of a record's events of one type on one type of item, in all months: for instalments from the first to the
-- last.
{% for name, ledger in sides -%}
    {{ name }} as (

        select
            {{ ledger }}.source_table,
            {{ ledger }}.source_id,
            {{ ledger }}.event_type,
            {{ ledger }}.item_type,
            {% for _, column in compared_columns -%}
                case
                    when min(cast({{ ledger }}.{{ column }} as string)) is null then 'none'
                    when min(cast({{ ledger }}.{{ column }} as string)) = max(cast({{ ledger }}.{{ column }} as string))
                        then min(cast({{ ledger }}.{{ column }} as string))
                    else
                        min(cast({{ ledger }}.{{ column }} as string)) || ' - '
                        || max(cast({{ ledger }}.{{ column }} as string))
                end as {{ column }}{% if not loop.last %},{% endif %}
            {% endfor %}
        from {{ ledger }}
        inner join records
            on
                {{ ledger }}.source_table = records.source_table
                and {{ ledger }}.source_id = records.source_id
        group by {{ ledger }}.source_table, {{ ledger }}.source_id, {{ ledger }}.event_type, {{ ledger }}.item_type

    ),

{% endfor -%}

paired as (

    select
        coalesce(reported.source_table, today.source_table) as source_table,
        coalesce(reported.source_id, today.source_id) as source_id,
        coalesce(reported.event_type, today.event_type) as event_type,
        coalesce(reported.item_type, today.item_type) as item_type,
        reported.source_id is not null as was_there,
        today.source_id is not null as is_there,
        -- Another segment is not mentioned if the customer is another one, too.
        {% for word, column in compared_columns -%}
            case
                when
                    reported.{{ column }} <> today.{{ column }}
                    {% if column == 'segment' %}and reported.customer_id = today.customer_id{% endif %}
                    then ', {{ word }} from ' || reported.{{ column }} || ' to ' || today.{{ column }}
                else ''
            end
            {% if not loop.last %}|| {% endif -%}
        {% endfor %} as what_changed
    from reported
    full outer join today
        on
            reported.source_table = today.source_table
            and reported.source_id = today.source_id
            and reported.event_type = today.event_type
            and reported.item_type = today.item_type

),

final as (

    select
        source_table,
        source_id,
        event_type,
        item_type,
        is_there,
        max(case when was_there then 1 else 0 end) over record = 1 as record_was_there,
        max(case when is_there then 1 else 0 end) over record = 1 as record_is_there,
        case when was_there and is_there then nullif(substr(what_changed, 3), '') end as what_changed
    from paired
    window record as (partition by source_table, source_id)

)

select * from final
