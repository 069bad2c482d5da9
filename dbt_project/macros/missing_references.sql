{#
  The rows of all staging models with a reference that has no usable row, in the columns of quarantine. They are not
  stored anywhere, so they leave quarantine in the first build after the referenced row has landed.
  `partners`: for each referenced table, the relation of its usable rows (a model, or a CTE of the model that calls
  this) and their key.
  A macro because the contract is the only list of which column references which table.
#}
{% macro missing_references(partners) %}
    {%- set found = [] -%}
    {%- for source_name, tables in contract_tables().items() -%}
        {%- for table_name in tables -%}
            {%- set staged = ref('stg_' ~ source_name ~ '__' ~ table_name) -%}
            {%- for column, referenced in contract_references(source_name, table_name) -%}
                {%- do found.append(missing_reference(source_name, table_name, staged, column, *partners[referenced])) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ found | join('union all') }}
{% endmacro %}

{#
  The rows with a missing reference in one column. `source_name` and `table_name`: the table of the contract; `staged`:
  its staging model; `column`: the column with the reference; `partners`: the relation of the usable rows;
  `partner_key`: their key.
#}
{% macro missing_reference(source_name, table_name, staged, column, partners, partner_key) %}
    select
        '{{ table_name }}' as table_name,
        {{ row_key('waiting', contract_key(source_name, table_name)) }} as row_key,
        '{{ column }}' as column_name,
        cast(waiting.{{ column }} as string) as value,
        'no usable row of {{ partner_key.replace("_id", "") }} has this id (yet)' as reason,
        waiting.source_file,
        waiting.source_row,
        waiting.load_id,
        waiting.loaded_at
    from {{ staged }} as waiting
    left join {{ partners }} as partner on waiting.{{ column }} = partner.{{ partner_key }}
    where
        partner.{{ partner_key }} is null
        and waiting.{{ column }} is not null
{% endmacro %}
