{# The rules, an expression for each name, are true for every row. A row of the result is a row for which a rule is
   false or unknown: the rule's name and the whole row. #}
{% test holds(model, rules) %}
{%- for rule, expression in rules.items() %}
select
    '{{ rule }}' as broken_rule,
    *
from {{ model }}
where not coalesce({{ expression }}, false)
{%- if not loop.last %}
union all
{%- endif %}
{%- endfor %}
{% endtest %}
