{#
  The columns are the model's key: none is null, and no two rows have the same values; and the model's `rules`, an
  expression for each name, are true for every row. A row of the result is a key and what it breaks: `key`, or the
  rule's name. One node and one query, instead of a unique, a not_null and an accepted_values test for each column.

  `written`, for an incremental model: the condition on the rows that a build writes. For the key an incremental run
  tests these, and other rows only if they have the same key, because they were tested when they were written.
  `held_by`, for a view over the ledger's documents: the model that has its rows under the same columns, with a key test
  that finds what this one would find. In an incremental run only that model's key is tested; rows with a later date are
  tested when their day has come.
#}
{% test key_of(model, columns, rules={}, written=none, held_by=none) %}
{%- set key = columns | join(', ') -%}
with

{% if written and increments() -%}
    written_rows as (

        select * from {{ model }}
        where {{ written }}

    ),

    looked_at as (

        select * from {{ model }}
        where {{ '(' ~ key ~ ')' if columns | length > 1 else key }} in (select {{ key }} from written_rows)
        union all
        select * from written_rows
        where {{ columns | join(' is null or ') }} is null

    )
{%- else -%}
    looked_at as (

        select * from {{ model }}
        {% if held_by and increments() -%}
            where false
        {%- endif %}

    )
{%- endif %}

select
    'key' as broken_rule,
    {{ key }},
    count(*) as row_count
from looked_at
group by {{ key }}
having
    count(*) > 1
    or {{ columns | join(' is null or ') }} is null
{%- for rule, expression in rules.items() %}
union all
select
    '{{ rule }}' as broken_rule,
    {{ key }},
    1 as row_count
from {{ model }}
where not coalesce({{ expression }}, false)
{%- endfor %}
{% endtest %}
