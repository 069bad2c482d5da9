{# The tables of the raw contract by domain, for code that must list them all: while dbt parses, it has no list of its
   sources. #}
{% macro contract_tables() %}
    {{ return({
        'ar': [
            'companies', 'customers', 'invoices', 'instalments', 'credit_memos', 'adjustments', 'disputes', 'control_balances',
        ],
        'payments': ['receipts', 'applications', 'refunds', 'reversals', 'exchange_rates'],
        'collections': [
            'employees', 'assignments', 'activities', 'promises', 'cases', 'surveys', 'contact_preferences', 'placements',
            'process_costs',
        ],
    }) }}
{% endmacro %}
