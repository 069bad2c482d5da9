{#
  The rows of one staging model whose reference in one column finds no usable partner, as quarantine tells them. They wait:
  nothing is stored about them, so they come out by themselves when the partner arrives.
  A macro because every reference of the contract asks the same question.
#}
{% macro missing_reference(source_name, table_name, column, referenced, referenced_column) %}
    select
        '{{ table_name }}' as table_name,
        {{ row_key('waiting', contract_key(source_name, table_name)) }} as row_key,
        '{{ column }}' as column_name,
        cast(waiting.{{ column }} as string) as value,
        'no usable row of {{ referenced_column.replace("_id", "") }} has this id (yet)' as reason,
        waiting.source_file,
        waiting.source_row,
        waiting.load_id,
        waiting.loaded_at
    from {{ ref('stg_' ~ source_name ~ '__' ~ table_name) }} as waiting
    left join {{ referenced }} as partner on waiting.{{ column }} = partner.{{ referenced_column }}
    where
        partner.{{ referenced_column }} is null
        and waiting.{{ column }} is not null
{% endmacro %}
