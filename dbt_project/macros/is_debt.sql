{#
  Whether what is open of an item counts as a debt (or credit): it is more than the tolerance of its currency. Without a
  tolerance any amount but zero is. `amount`: in transaction currency, of a relation that is left joined by currency to
  `tolerances` (the seed debt_tolerances; in views among the marts dim_debt_tolerances).
  A macro because stored models and views ask it of amounts that no relation has all of.
#}
{% macro is_debt(amount) -%}
    abs({{ amount }}) > coalesce(tolerances.tolerance, 0)
{%- endmacro %}
