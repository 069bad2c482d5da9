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

-- All a verdict depends on but the rules and wishes. Of the as-of day only whether the time for a notice is over, of a
-- payment only whether it came before that.
debts as (

    select
        dated.customer_id,
        dated.debt_id,
        sum({{ fingerprint([
            'dated.activity_id', 'dated.occurred_at', 'dated.employee_id', 'dated.invoice_id', 'dated.channel',
            'dated.direction', 'dated.outcome', 'dated.is_right_party', 'dated.is_conversation', 'dated.notice_type',
            'dated.has_opt_out_text', 'dated.timezones', 'dated.basis', 'dated.is_of_sender',
            'dated.last_date > ' ~ as_of_date(),
            'case when invoice_balances.paid_in_full_date <= dated.last_date'
            ~ ' then invoice_balances.paid_in_full_date end',
        ]) }}) as fingerprint
    from dated
    left join invoice_balances on dated.invoice_id = invoice_balances.invoice_id
    group by
        dated.customer_id,
        dated.debt_id

),

wishes as (

    select
        customer_id,
        sum({{ fingerprint(['channel', 'preference', 'received_at', 'expires_at']) }}) as fingerprint
    from preferences
    group by customer_id

),

-- A wish is about all debts, and whether a contact answers one that came in asks for those about the others.
wishing as (

    select
        debts.customer_id,
        sum(debts.fingerprint) + max(wishes.fingerprint) as fingerprint
    from debts
    inner join wishes on debts.customer_id = wishes.customer_id
    group by debts.customer_id

),

final as (

    select
        debts.customer_id,
        debts.debt_id,
        cast(debts.fingerprint + coalesce(wishing.fingerprint, 0) as decimal(38, 0)) as fingerprint
    from debts
    left join wishing on debts.customer_id = wishing.customer_id

)

select * from final
