{{
    config(
        materialized='incremental',
        unique_key=['customer_id', "coalesce(invoice_id, '')"],
        meta={'this_run': {'model': 'int_debts_this_run', 'columns': ['customer_id', 'debt_id']}}
    )
}}

{%- set verdict_models = [
    'int_call_verdicts', 'int_preference_verdicts', 'int_message_verdicts', 'int_validation_verdicts',
] -%}

with

contacts as (

    select * from {{ ref('int_contacts_this_run') }}
    where {{ this_run(ref('int_debts_this_run'), ['customer_id', 'debt_id']) }}

),

scopes as (

    select * from {{ ref('int_contact_rule_scopes') }}
    where is_in_scope

),

verdicts as (

    {% for model in verdict_models -%}
        select
            rule_id,
            activity_id,
            verdict,
            reason,
            first_contact_id,
            last_contact_id,
            contact_count
        from {{ ref(model) }}
        where verdict <> 'pass'
        {%- if not loop.last %}
            union all
        {% endif -%}
    {% endfor %}

),

final as (

    select
        verdicts.rule_id,
        verdicts.activity_id,
        contacts.basis,
        contacts.contact_date,
        contacts.customer_id,
        contacts.invoice_id,
        verdicts.verdict,
        verdicts.reason,
        scopes.citation,
        verdicts.first_contact_id,
        verdicts.last_contact_id,
        cast(verdicts.contact_count as integer) as contact_count
    from verdicts
    inner join contacts on verdicts.activity_id = contacts.activity_id
    inner join scopes
        on
            verdicts.rule_id = scopes.rule_id
            and contacts.channel = scopes.channel
            and contacts.basis = scopes.basis

)

select * from final
