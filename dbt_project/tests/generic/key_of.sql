{#
  The columns are the model's key: none is null and no two rows share them; and the model's `rules`, an expression for
  each name, hold for every row. A row is a key with what it breaks: `key`, or the rule's name. One node and one query
  instead of a unique, a not_null and an accepted_values test a column.

  `written`, of a model that keeps its rows: the condition on those a build writes. An increment looks at these, and at the
  others' keys only for theirs: they were looked at when they were written. `held_by`, of a view over the ledger's
  documents: the model that shows its rows under the same columns, and whose own test finds what this one would. An
  increment looks at that one only: at what is dated ahead, when its day has come.
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
        where ({{ key }}) in (select ({{ key }}) from written_rows)
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
