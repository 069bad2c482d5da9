{{
    config(
        materialized='incremental',
        unique_key=['customer_id', "coalesce(invoice_id, '')"],
        meta={'this_run': {'model': 'int_debts_this_run', 'columns': ['customer_id', 'debt_id']}}
    )
}}

with

contacts as (

    select * from {{ ref('int_contacts_this_run') }}
    where
        direction = 'outbound'
        and {{ this_run(ref('int_debts_this_run'), ['customer_id', 'debt_id']) }}

),

communications as (

    select
        activity_id,
        is_communication and communication_number = 1 as is_initial
    from {{ ref('int_communications') }}

),

scopes as (

    select
        {% for rule in var('contact_rule_ids') -%}
            max(case when rule_id = '{{ rule }}' then case when is_in_scope then 1 else 0 end end) = 1 as {{ rule }},
        {% endfor -%}
        channel,
        basis
    from {{ ref('int_contact_rule_scopes') }}
    group by
        channel,
        basis

),

findings as (

    select
        {% for rule in var('contact_rule_ids') -%}
            max(case when rule_id = '{{ rule }}' then verdict end) as {{ rule }},
        {% endfor -%}
        activity_id
    from {{ ref('contact_findings') }}
    group by activity_id

),

-- A contact in a rule's scope without a finding passes the rule. For validation information only the initial
-- communication is in scope.
final as (

    select
        contacts.activity_id,
        contacts.basis,
        contacts.occurred_at,
        contacts.contact_date,
        contacts.customer_id,
        contacts.employee_id,
        contacts.invoice_id,
        contacts.channel,
        {% for rule in var('contact_rule_ids') -%}
            case scopes.{{ rule }}{{ ' and communications.is_initial' if rule == 'validation_information' }}
                when true then coalesce(findings.{{ rule }}, 'pass')
                when false then 'not_in_scope'
            end as {{ rule }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from contacts
    inner join communications on contacts.activity_id = communications.activity_id
    left join scopes
        on
            contacts.channel = scopes.channel
            and contacts.basis = scopes.basis
    left join findings on contacts.activity_id = findings.activity_id

)

select * from final
