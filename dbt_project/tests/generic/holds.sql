{# The expression holds for every row. A row is one for which it is false or unknown: it shows the whole row. #}
{% test holds(model, expression) %}
select *
from {{ model }}
where not coalesce({{ expression }}, false)
{% endtest %}
