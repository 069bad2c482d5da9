{#- The raw tables that state the ledger's events, and their keys. -#}
{%- set tables = {
    'invoices': 'invoice_id', 'adjustments': 'adjustment_id', 'credit_memos': 'credit_memo_id',
    'receipts': 'receipt_id', 'applications': 'application_id', 'refunds': 'refund_id', 'reversals': 'reversal_id',
} -%}
{%- set output_columns = [
    'event_id', 'entry', 'kind', 'event_type', 'item_type', 'item_id', 'company_id', 'customer_id', 'segment', 'due_date',
    'effective_date', 'month_end', 'currency_code', 'amount', 'is_credit_sale', 'recorded_at', 'source_table', 'source_id',
    'what_changed',
] -%}

with

-- If a reversal undoes a part of an application, source_id holds both ids.
differences as (

    select
        *,
        case
            when source_table = 'reversals' and event_type <> 'receipt_reversed'
                then {{ dbt.split_part('source_id', "':'", 1) }}
            else source_id
        end as record_id,
        cast({{ dbt.last_day('effective_date', 'month') }} as date) as month_end
    from {{ ref('int_ledger_differences') }}

),

records as (

    select * from {{ ref('int_restated_records') }}

),

missing_references as (

    select * from {{ ref('int_missing_references') }}

),

published_changes as (

    select * from {{ ref('int_published_changes') }}

),

event_types as (

    select * from {{ ref('ledger_event_types') }}

),

waiting as (

    select
        table_name,
        row_key,
        min(
            case
                when column_name like '%_id'
                    then 'waits for ' || replace(replace(column_name, '_id', ''), '_', ' ') || ' ' || value
                else 'waits: ' || reason
            end
        ) as waits_for
    from missing_references
    group by table_name, row_key

),

-- A record that the published ledger had is amended; of other records the kind depends on whether the source had
-- recorded them when the month was closed.
named as (

    select
        differences.*,
        coalesce(
            differences.segment_change,
            case when not records.is_there then waiting.waits_for end,
            records.what_changed
        ) as what_changed,
        case
            when differences.entry = 'before' and not records.record_is_there
                then case when waiting.waits_for is null then 'deleted' else 'waiting' end
            when differences.entry = 'after' and not differences.is_in_both and event_types.is_undoing then 'reversed'
            when differences.segment_change is not null then 'segment'
            when records.record_was_there then 'amended'
            when
                cast(differences.recorded_at as date)
                <= cast({{ dbt.dateadd('day', var('close_lag_days'), 'differences.month_end') }} as date)
                then 'late_posting'
            else 'backdated'
        end as kind
    from differences
    inner join records
        on
            differences.source_table = records.source_table
            and differences.source_id = records.source_id
            and differences.event_type = records.event_type
            and differences.item_type = records.item_type
    inner join event_types on differences.event_type = event_types.event_type
    left join waiting
        on
            differences.source_table = waiting.table_name
            and case differences.source_table
                {% for table, key in tables.items() -%}
                    when '{{ table }}' then {{ row_key('differences', [key], ['record_id']) }}
                {% endfor -%}
            end = waiting.row_key

),

unioned as (

    select * from published_changes
    union all
    select
        {{ refreshed_at() }} as detected_at,
        {{ as_of_date() }} as detected_as_of,
        {% for column in output_columns -%}
            {{ column }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from named

)

select * from unioned
