{#
  The columns are the model's key: none is null and no two rows share them. A row is a key that breaks this.
  One query instead of a unique and a not_null test a column.
#}
{% test key_of(model, columns) %}
select
    {{ columns | join(', ') }},
    count(*) as rows_with_key
from {{ model }}
group by {{ columns | join(', ') }}
having
    count(*) > 1
    {% for column in columns %}or {{ column }} is null {% endfor %}
{% endtest %}
