{# The rules, an expression for each name, hold for every row. A row is one for which a rule is false or unknown: it
   shows the rule's name and the whole row. #}
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
