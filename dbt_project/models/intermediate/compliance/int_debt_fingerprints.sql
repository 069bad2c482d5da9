{{ config(materialized='incremental', incremental_strategy='append') }}

with

contacts as (

    select * from {{ ref('int_contacts') }}

),

wishes as (

    select
        customer_id,
        sum({{ fingerprint(['channel', 'preference', 'received_at', 'expires_at']) }}) as fingerprint
    from {{ ref('stg_collections__contact_preferences') }}
    group by customer_id

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
        invoice_balances.paid_in_full_date,
        cast({{ dbt.dateadd('day', 'rules.window_days', 'contacts.contact_date') }} as date) as validation_deadline
    from contacts
    left join senders on contacts.basis = senders.basis
    left join invoice_balances on contacts.invoice_id = invoice_balances.invoice_id
    cross join rules

),

-- Everything a debt's verdicts depend on, except rules and wishes. The as-of day matters only for whether the deadline
-- of a notice is over, a payment only if it was made by that deadline.
debts as (

    select
        customer_id,
        debt_id,
        sum({{ fingerprint([
            'activity_id', 'occurred_at', 'employee_id', 'invoice_id', 'channel', 'direction', 'outcome',
            'is_right_party', 'is_right_party_conversation', 'notice_type', 'has_opt_out_text', 'timezones', 'basis',
            'is_of_sender', 'validation_deadline > ' ~ as_of_date(),
            'case when paid_in_full_date <= validation_deadline then paid_in_full_date end',
        ]) }}) as fingerprint
    from dated
    group by
        customer_id,
        debt_id

),

-- A wish is about all debts of a customer. Whether a contact answers an inbound one depends on the contacts about all
-- debts.
wishing as (

    select
        debts.customer_id,
        sum(debts.fingerprint) + max(wishes.fingerprint) as fingerprint
    from debts
    inner join wishes on debts.customer_id = wishes.customer_id
    group by debts.customer_id

),

-- The current fingerprint, less the sum of what earlier builds stored: the difference.
compared as (

    select
        debts.customer_id,
        debts.debt_id,
        debts.fingerprint + coalesce(wishing.fingerprint, 0) as fingerprint
    from debts
    left join wishing on debts.customer_id = wishing.customer_id
    {% if is_incremental() -%}
        union all
        select
            customer_id,
            debt_id,
            -fingerprint as fingerprint
        from {{ this }}
    {%- endif %}

),

final as (

    select
        customer_id,
        debt_id,
        cast(sum(fingerprint) as decimal(38, 0)) as fingerprint,
        '{{ this_run_id() }}' as changed_in,
        '{{ invocation_id }}' as dbt_run
    from compared
    group by
        customer_id,
        debt_id
    having sum(fingerprint) <> 0

)

select * from final
