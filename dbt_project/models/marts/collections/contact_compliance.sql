{{
    config(
        materialized='incremental',
        pre_hook="{{ forget(is_judged_anew(ref('int_judged_debts'), 'customer_id', \"coalesce(invoice_id, '')\")) }}"
    )
}}

{%- set verdict_models = [
    'int_call_frequency_verdicts', 'int_call_after_conversation_verdicts', 'int_contact_time_verdicts',
    'int_preference_verdicts', 'int_opt_out_verdicts', 'int_validation_verdicts',
] -%}

with

contacts as (

    select * from {{ ref('int_judged_contacts') }}
    where
        direction = 'outbound'
        {% if increments() -%}
            and {{ is_judged_anew(ref('int_judged_debts'), 'customer_id', 'debt_id') }}
        {%- endif %}

),

times as (

    select * from {{ ref('int_contact_times') }}

),

rules as (

    select * from {{ ref('contact_rules') }}

),

kinds as (

    select distinct
        channel,
        basis
    from contacts

),

-- Whether a rule speaks of a contact depends on the contact's channel and basis alone.
scopes as (

    select
        rules.rule_id,
        rules.rule_name,
        rules.citation,
        rules.legal_basis,
        kinds.channel,
        kinds.basis,
        case
            when not contains(';' || rules.channels || ';', ';' || kinds.channel || ';')
                then 'The rule does not speak of the channel ' || kinds.channel || '.'
            when kinds.basis = 'policy' and not rules.applies_as_policy
                then 'Not a consumer''s debt with a third party, and the rule is not applied as policy.'
        end as out_of_scope_because
    from rules
    cross join kinds

),

-- Every rule meets every contact; one the rule does not speak of gets a row that says so.
met as (

    {% for model in verdict_models %}
        select
            *,
            true as is_in_scope
        from {{ ref(model) }}
        union all
    {% endfor %}
    select
        scopes.rule_id,
        contacts.activity_id,
        'not_in_scope' as verdict,
        scopes.out_of_scope_because as reason,
        contacts.activity_id as first_contact_id,
        contacts.activity_id as last_contact_id,
        1 as contact_count,
        false as is_in_scope
    from contacts
    inner join scopes on contacts.channel = scopes.channel and contacts.basis = scopes.basis
    where scopes.out_of_scope_because is not null

),

final as (

    select
        met.rule_id,
        met.activity_id,
        scopes.rule_name,
        scopes.citation,
        scopes.legal_basis,
        contacts.basis,
        contacts.occurred_at,
        times.contact_date,
        contacts.customer_id,
        contacts.employee_id,
        contacts.invoice_id,
        contacts.channel,
        met.verdict,
        met.reason,
        met.first_contact_id,
        met.last_contact_id,
        cast(met.contact_count as integer) as contact_count
    from met
    inner join contacts on met.activity_id = contacts.activity_id
    inner join times on met.activity_id = times.activity_id
    inner join scopes
        on
            met.rule_id = scopes.rule_id
            and contacts.channel = scopes.channel
            and contacts.basis = scopes.basis
    where met.is_in_scope = (scopes.out_of_scope_because is null)

)

select * from final
