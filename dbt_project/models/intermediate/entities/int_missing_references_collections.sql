with

employees as (

    select employee_id from {{ ref('stg_collections__employees') }}
    group by employee_id

),

found as (

    {{ missing_reference('collections', 'assignments', 'customer_id', ref('int_customers'), 'customer_id') }}
    union all
    {{ missing_reference('collections', 'assignments', 'employee_id', 'employees', 'employee_id') }}
    union all
    {{ missing_reference('collections', 'activities', 'customer_id', ref('int_customers'), 'customer_id') }}
    union all
    {{ missing_reference('collections', 'promises', 'customer_id', ref('int_customers'), 'customer_id') }}
    union all
    {{ missing_reference('collections', 'cases', 'customer_id', ref('int_customers'), 'customer_id') }}
    union all
    {{ missing_reference('collections', 'surveys', 'customer_id', ref('int_customers'), 'customer_id') }}
    union all
    {{ missing_reference('collections', 'contact_preferences', 'customer_id', ref('int_customers'), 'customer_id') }}
    union all
    {{ missing_reference('collections', 'placements', 'invoice_id', ref('int_invoices'), 'invoice_id') }}
    union all
    {{ missing_reference('collections', 'process_costs', 'company_id', ref('int_companies'), 'company_id') }}

)

select * from found
