{#
  The measures of KPIs, in the names in which their numerators and denominators are written.
  - `derived_measures()`: columns made of others; the relation has those of int_receivables_levels and of three months;
  - `typed_measures()`: all of them, cast for a mart that has them by customer or open item. Amounts keep all their
    decimals: rounded, they would not add up to the KPIs.
  - `measure_names(kind)`: the names of those that are `days` or `amounts`.
  Macros, so that levels, customers and open items are measured alike.
#}
{% macro derived_measures() -%}
    open_invoices - past_due_receivables as current_invoices,
    {{ collected() }} as collected,
    {{ collectible() }} as collectible,
    {{ collected('_3m') }} as collected_3m,
    {{ collectible('_3m') }} as collectible_3m
{%- endmacro %}

{% macro typed_measures() -%}
    {%- for days in measure_names('days') -%}
        cast({{ days }} as integer) as {{ days }},
    {% endfor -%}
    {%- for amount in measure_names('amounts') -%}
        cast({{ amount }} as decimal(38, 16)) as {{ amount }},
    {% endfor -%}
    {%- for count in ['open_invoice_count', 'past_due_invoice_count', 'open_accounts', 'past_due_accounts'] -%}
        cast({{ count }} as bigint) as {{ count }}{% if not loop.last %},{% endif %}
    {% endfor -%}
{%- endmacro %}

{% macro measure_names(kind) -%}
    {{ return({
        'days': ['days', 'days_3m', 'days_12m'],
        'amounts': ['receivables', 'current_receivables', 'open_invoices', 'current_invoices', 'past_due_receivables',
            'serious_receivables', 'opening_receivables', 'opening_receivables_3m', 'opening_open_invoices',
            'net_credit_sales', 'net_credit_sales_3m', 'net_credit_sales_12m', 'taken_over', 'taken_over_3m',
            'cash_received', 'cash_applied_to_opening', 'collected', 'collectible', 'collected_3m', 'collectible_3m'],
    }[kind]) }}
{%- endmacro %}
