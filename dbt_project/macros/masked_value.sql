{#
  The code that stands for a value of a masked dimension: the same for the same value, in every refresh and home. It keeps names out
  of what is published; who has a list of names can find which code is whose. `relation`: has `dimension` and `value`.
  A macro because the second publication says which code is whose.
#}
{% macro masked_value(relation) -%}
    '#' || substring(md5({{ relation }}.dimension || ':' || {{ relation }}.value), 1, 10)
{%- endmacro %}
