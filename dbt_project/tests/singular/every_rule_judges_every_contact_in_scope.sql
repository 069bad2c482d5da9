-- Guards: a rule has a verdict on each contact in its scope that is judged in this build (that none has two is tested
-- by the keys of the verdicts' models).
-- Why it matters: `contact_compliance` takes a contact without a finding for a pass, so a lost verdict would be a pass.
-- A row is a rule, with the number of contacts in its scope and the number with a verdict.
{%- set verdict_models = [
    'int_call_verdicts', 'int_preference_verdicts', 'int_message_verdicts', 'int_validation_verdicts',
] %}
with

contacts as (

    select * from {{ ref('int_contacts_this_run') }}
    where direction = 'outbound'

),

communications as (

    select * from {{ ref('int_communications') }}

),

scopes as (

    select * from {{ ref('int_contact_rule_scopes') }}
    where is_in_scope

),

verdicts as (

    {% for model in verdict_models -%}
        select
            rule_id,
            activity_id
        from {{ ref(model) }}
        {%- if not loop.last %}
            union all
        {% endif -%}
    {% endfor %}

),

counted as (

    select
        scopes.rule_id,
        count(*) as contacts,
        0 as judged
    from contacts
    inner join communications on contacts.activity_id = communications.activity_id
    inner join scopes
        on
            contacts.channel = scopes.channel
            and contacts.basis = scopes.basis
    where
        scopes.rule_id <> 'validation_information'
        or (communications.is_communication and communications.communication_number = 1)
    group by scopes.rule_id
    union all
    select
        verdicts.rule_id,
        0 as contacts,
        count(*) as judged
    from verdicts
    inner join contacts on verdicts.activity_id = contacts.activity_id
    inner join scopes
        on
            verdicts.rule_id = scopes.rule_id
            and contacts.channel = scopes.channel
            and contacts.basis = scopes.basis
    group by verdicts.rule_id

)

select
    rule_id,
    sum(contacts) as contacts,
    sum(judged) as judged
from counted
group by rule_id
having sum(contacts) <> sum(judged)
