{#
  The parts of CEI, in columns of int_receivables_levels; with `_3m`, over the last three months (or as many as there
  are).
  - `opening_and_inflow(months)`: opening receivables, plus what was sold or taken over;
  - `collected(months)`: opening and inflow, less the receivables at the month's end;
  - `collectible(months)`: opening and inflow, less what is not past due at the month's end.
  `relation`: the relation of the columns, if several relations have them.
  Macros, so that the mart of CEI, the causes of its changes and its restatements use one definition.
#}
{% macro opening_and_inflow(months='', relation=none) -%}
    {%- set of = relation ~ '.' if relation else '' -%}
    {{ of }}opening_receivables{{ months }} + {{ of }}net_credit_sales{{ months }} + {{ of }}taken_over{{ months }}
{%- endmacro %}

{% macro collected(months='', relation=none) -%}
    {{ opening_and_inflow(months, relation) }} - {{ relation ~ '.' if relation }}receivables
{%- endmacro %}

{% macro collectible(months='', relation=none) -%}
    {{ opening_and_inflow(months, relation) }} - {{ relation ~ '.' if relation }}current_receivables
{%- endmacro %}
