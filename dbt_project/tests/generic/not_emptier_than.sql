{# The model has rows if what it is made from has. For marts of tables that a source may leave out. #}
{% test not_emptier_than(model, relation) %}
select made_from.row_count
from (select count(*) as row_count from {{ model }}) as made
cross join (select count(*) as row_count from {{ relation }}) as made_from
where
    made.row_count = 0
    and made_from.row_count > 0
{% endtest %}
