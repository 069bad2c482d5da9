{%- set verdict_models = [
    'int_call_frequency_verdicts', 'int_call_after_conversation_verdicts', 'int_contact_time_verdicts',
    'int_preference_verdicts', 'int_opt_out_verdicts', 'int_validation_verdicts',
] -%}

with

contacts as (

    select * from {{ ref('int_contacts') }}
    where direction = 'outbound'

),

times as (

    select * from {{ ref('int_contact_times') }}

),

rules as (

    select * from {{ ref('contact_rules') }}

),

verdicts as (

    {% for model in verdict_models %}
        select
            rule_id,
            activity_id,
            verdict,
            reason,
            first_contact_id,
            last_contact_id,
            contact_count
        from {{ ref(model) }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

-- Every rule meets every contact; one the rule does not speak of gets a row that says so.
met as (

    select
        rules.*,
        contacts.activity_id,
        contacts.occurred_at,
        times.contact_date,
        contacts.customer_id,
        contacts.employee_id,
        contacts.invoice_id,
        contacts.channel,
        contacts.basis,
        case
            when not contains(';' || rules.channels || ';', ';' || contacts.channel || ';')
                then 'The rule does not speak of the channel ' || contacts.channel || '.'
            when contacts.basis = 'policy' and not rules.applies_as_policy
                then 'Not a consumer''s debt with a third party, and the rule is not applied as policy.'
        end as out_of_scope_because
    from rules
    cross join contacts
    inner join times on contacts.activity_id = times.activity_id

),

final as (

    select
        met.rule_id,
        met.activity_id,
        met.rule_name,
        met.citation,
        met.legal_basis,
        met.basis,
        met.occurred_at,
        met.contact_date,
        met.customer_id,
        met.employee_id,
        met.invoice_id,
        met.channel,
        case when met.out_of_scope_because is null then verdicts.verdict else 'not_in_scope' end as verdict,
        coalesce(met.out_of_scope_because, verdicts.reason) as reason,
        case when met.out_of_scope_because is null then verdicts.first_contact_id else met.activity_id end
            as first_contact_id,
        case when met.out_of_scope_because is null then verdicts.last_contact_id else met.activity_id end
            as last_contact_id,
        case when met.out_of_scope_because is null then cast(verdicts.contact_count as integer) else 1 end
            as contact_count
    from met
    left join verdicts
        on
            met.rule_id = verdicts.rule_id
            and met.activity_id = verdicts.activity_id

)

select * from final
