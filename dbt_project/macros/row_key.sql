{#
  A row's key as the loader writes it in quarantine: a JSON object of the key columns, in the contract's order. A macro
  because every table of the contract has another key. (chr(92) is the backslash, which some engines use as an escape
  character.)
  `alias`: the relation of the row; `key`: the key columns as named in the contract; `columns`: the columns that hold
  the key's parts, if their names differ from the contract's.
#}
{% macro row_key(alias, key, columns=none) -%}
    '{' || {% for part in key -%}
        '"{{ part }}":"'
        || replace(replace(cast({{ alias }}.{{ (columns or key)[loop.index0] }} as string), chr(92), chr(92) || chr(92)), '"', chr(92) || '"')
        || '"' {%- if not loop.last %} || ',' || {% endif -%}
    {%- endfor %} || '}'
{%- endmacro %}
