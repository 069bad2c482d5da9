{{ config(materialized='replaced_view') }}

with

contacts as (

    select * from {{ ref('contact_compliance') }}

),

findings as (

    select * from {{ ref('contact_findings') }}

),

rules as (

    select * from {{ ref('dim_contact_rules') }}

),

verdicts as (

    {% for rule in var('contact_rule_ids') -%}
        select
            '{{ rule }}' as rule_id,
            contacts.*,
            contacts.{{ rule }} as verdict
        from contacts
        {%- if not loop.last %}
            union all
        {% endif -%}
    {% endfor %}

),

final as (

    select
        verdicts.rule_id,
        verdicts.activity_id,
        rules.rule_name,
        rules.citation,
        rules.legal_basis,
        verdicts.basis,
        verdicts.occurred_at,
        verdicts.contact_date,
        verdicts.customer_id,
        verdicts.employee_id,
        verdicts.invoice_id,
        verdicts.channel,
        verdicts.verdict,
        findings.reason,
        findings.first_contact_id,
        findings.last_contact_id,
        findings.contact_count
    from verdicts
    inner join rules on verdicts.rule_id = rules.rule_id
    left join findings
        on
            verdicts.rule_id = findings.rule_id
            and verdicts.activity_id = findings.activity_id

)

select * from final
