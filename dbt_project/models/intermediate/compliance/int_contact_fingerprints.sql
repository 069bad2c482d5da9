{{
    config(
        materialized='incremental',
        unique_key='customer_id',
        incremental_strategy='delete+insert',
        pre_hook="{{ forget('false') }}"
    )
}}

with

contacts as (

    select * from {{ ref('int_contacts') }}

),

times as (

    select * from {{ ref('int_contact_times') }}

),

preferences as (

    select * from {{ ref('stg_collections__contact_preferences') }}

),

invoice_balances as (

    select * from {{ ref('int_invoice_balances') }}

),

senders as (

    select * from {{ ref('int_validation_senders') }}

),

rules as (

    select * from {{ ref('contact_rules') }}
    where rule_id = 'validation_information'

),

dated as (

    select
        contacts.*,
        senders.basis is not null as is_of_sender,
        cast({{ dbt.dateadd('day', 'rules.window_days', 'times.contact_date') }} as date) as last_date
    from contacts
    inner join times on contacts.activity_id = times.activity_id
    left join senders on contacts.basis = senders.basis
    cross join rules

),

-- All a verdict depends on but the rules. Of the as-of day only whether the time for a notice is over, of a payment
-- only whether it came before that.
fingerprints as (

    select
        dated.customer_id,
        {{ fingerprint([
            'dated.activity_id', 'dated.occurred_at', 'dated.employee_id', 'dated.invoice_id', 'dated.channel',
            'dated.direction', 'dated.outcome', 'dated.is_right_party', 'dated.is_conversation', 'dated.notice_type',
            'dated.has_opt_out_text', 'dated.timezones', 'dated.basis', 'dated.is_of_sender',
            'dated.last_date > ' ~ as_of_date(),
            'case when invoice_balances.paid_in_full_date <= dated.last_date'
            ~ ' then invoice_balances.paid_in_full_date end',
        ]) }} as fingerprint
    from dated
    left join invoice_balances on dated.invoice_id = invoice_balances.invoice_id
    union all
    select
        customer_id,
        {{ fingerprint(['channel', 'preference', 'received_at', 'expires_at']) }} as fingerprint
    from preferences

),

summed as (

    select
        customer_id,
        cast(sum(fingerprint) as decimal(38, 0)) as fingerprint
    from fingerprints
    group by customer_id

),

known as (

    {% if increments() -%}
        select
            customer_id,
            fingerprint
        from {{ this }}
    {%- else -%}
        select * from summed
        where false
    {%- endif %}

),

-- A customer of whom nothing is left has changed too.
final as (

    select
        coalesce(summed.customer_id, known.customer_id) as customer_id,
        summed.fingerprint,
        '{{ this_build() }}' as changed_in
    from summed
    full outer join known on summed.customer_id = known.customer_id
    where coalesce(summed.fingerprint, -1) <> coalesce(known.fingerprint, -1)

)

select * from final
