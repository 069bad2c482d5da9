{{ config(materialized='replaced_view') }}

{%- set account = ['company_id', 'customer_id', 'currency_code'] -%}

with

invoices as (

    select * from {{ ref('fct_invoices') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

policies as (

    select * from {{ ref('dim_interest_policies') }}

),

accounts as (

    select {{ account | join(', ') }} from invoices
    group by {{ account | join(', ') }}

),

-- Policies that fit at the same precedence name the same things, and one policy is of a scope.
ranked as (

    select
        accounts.*,
        policies.policy_id,
        policies.valid_from,
        policies.valid_to,
        policies.annual_percent,
        policies.rate_set_on,
        policies.day_count,
        policies.minimum_interest,
        rank() over (
            partition by accounts.{{ account | join(', accounts.') }} order by policies.precedence desc nulls last
        ) as place
    from accounts
    inner join customers on accounts.customer_id = customers.customer_id
    inner join policies
        on
            accounts.company_id = coalesce(policies.company_id, accounts.company_id)
            and accounts.customer_id = coalesce(policies.customer_id, accounts.customer_id)
            and accounts.currency_code = coalesce(policies.currency_code, accounts.currency_code)
            and coalesce(customers.country_code, '') = coalesce(policies.country_code, customers.country_code, '')
            and customers.is_consumer = coalesce(policies.is_consumer, customers.is_consumer)

),

final as (

    select
        company_id,
        customer_id,
        currency_code,
        valid_from,
        valid_to,
        policy_id,
        annual_percent,
        rate_set_on,
        day_count,
        minimum_interest
    from ranked
    where place = 1

)

select * from final
