{#
  What dim_kpis says of a KPI besides its mart, as a dict of column and text (none where it says nothing).
  `mart`: the KPI's mart; `kpi`: an entry of kpi_columns. Without them, the names of the columns.
  The meta of a KPI's column may say `shared_out_by`, the measure in proportion to which a KPI that is no ratio of sums
  is shared out, and `counts: accounts`, where an account counts once, so that open items add nothing. The meta of the
  numerator's or denominator's column may say `sum_of`, the columns of the mart that it is the sum of.
#}
{% macro kpi_texts(mart=none, kpi={}) %}
    {%- set sums = sums_of(mart) -%}
    {%- set of_receivables = kpi and kpi.kpi_id in var('explained_kpis') -%}
    {%- set has_customers = of_receivables or kpi.shared_out_by -%}
    {{ return({
        'numerator_columns': kpi.numerator,
        'denominator_columns': kpi.denominator,
        'numerator_sum': sums.get(kpi.numerator),
        'denominator_sum': sums.get(kpi.denominator),
        'customers_mart': ('customer' if of_receivables else 'account') ~ '_measures_monthly' if has_customers,
        'open_items_mart': 'open_item_measures_monthly' if of_receivables and not kpi.counts,
        'parts_numerator': (kpi.shared_out_by or kpi.numerator) if has_customers,
        'parts_denominator': kpi.denominator if has_customers and not kpi.shared_out_by,
    }) }}
{% endmacro %}

{# The columns of a mart that are sums of others, with the sum as SQL; empty while dbt parses, when there is no graph. #}
{% macro sums_of(mart) %}
    {%- set found = {} -%}
    {%- if execute and mart -%}
        {%- for column in graph.nodes['model.' ~ project_name ~ '.' ~ mart].columns.values() -%}
            {%- if column.config.meta.sum_of -%}
                {%- do found.update({column.name: column.config.meta.sum_of}) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found) }}
{% endmacro %}
