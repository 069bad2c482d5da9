{#
  What CEI is made of, in columns of int_receivables_levels; with `_3m`, over the last three months there are.
  - `opening_and_inflow(months)`: what was there and what came in, sold or taken over;
  - `collected(months)`: opening and inflow, less what is there now;
  - `collectible(months)`: opening and inflow, less what isn't due yet.
  `relation`: whose columns they are, where several have them.
  Macros because the mart of CEI, the causes of its changes and its restatements are of one definition.
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
