with

contacts as (

    select * from {{ ref('contact_compliance') }}

),

customers as (

    select * from {{ ref('int_customers') }}

),

invoices as (

    select
        invoice_id,
        company_id
    from {{ ref('int_invoices') }}

),

-- First contacts with the same verdicts are counted together, because there are few combinations; then each rule gets a
-- row.
alike as (

    select
        cast({{ dbt.last_day('contacts.occurred_at', 'month') }} as date) as month_end,
        invoices.company_id,
        customers.segment,
        contacts.basis,
        {% for rule in var('contact_rule_ids') -%}
            contacts.{{ rule }},
        {% endfor -%}
        count(*) as contacts
    from contacts
    inner join customers on contacts.customer_id = customers.customer_id
    left join invoices on contacts.invoice_id = invoices.invoice_id
    group by
        cast({{ dbt.last_day('contacts.occurred_at', 'month') }} as date),
        invoices.company_id,
        customers.segment,
        {% for rule in var('contact_rule_ids') -%}
            contacts.{{ rule }},
        {% endfor -%}
        contacts.basis

),

verdicts as (

    {% for rule in var('contact_rule_ids') -%}
        select
            month_end,
            company_id,
            segment,
            basis,
            '{{ rule }}' as rule_id,
            {{ rule }} as verdict,
            contacts
        from alike
        {%- if not loop.last %}
            union all
        {% endif -%}
    {% endfor %}

),

rolled_up as (

    select
        month_end,
        {{ level_of() }} as level,
        {{ scope_of() }} as scope,
        company_id,
        segment,
        rule_id,
        basis,
        verdict,
        sum(contacts) as contacts
    from verdicts
    group by grouping sets (
        (month_end, rule_id, basis, verdict),
        (month_end, rule_id, basis, verdict, company_id),
        (month_end, rule_id, basis, verdict, segment),
        (month_end, rule_id, basis, verdict, company_id, segment)
    )

),

-- A contact that names no invoice belongs to no company.
final as (

    select
        month_end,
        level,
        scope,
        company_id,
        segment,
        rule_id,
        basis,
        verdict,
        cast(contacts as bigint) as contacts,
        month_end <= {{ as_of_date() }} as is_complete
    from rolled_up
    where
        company_id is not null
        or level in ('portfolio', 'segment')

)

select * from final
