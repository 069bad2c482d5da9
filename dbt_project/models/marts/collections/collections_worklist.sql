with

risks as (

    select * from {{ ref('customer_risk') }}
    where past_due_receivables > 0

),

contacts as (

    select * from {{ ref('int_last_contacts') }}

),

promises as (

    select * from {{ ref('int_next_promises') }}

),

owners as (

    select * from {{ ref('int_customer_owners') }}

),

channels as (

    select * from {{ ref('int_contact_channels') }}

),

-- Cash that came in and isn't applied yet, and open credit memos, are money that need not be asked for.
netted as (

    select
        *,
        case
            when past_due_receivables + unapplied_credits > 0 then past_due_receivables + unapplied_credits else 0
        end as net_past_due
    from risks

),

weighted as (

    select
        *,
        cast(net_past_due * loss_probability as decimal(18, 4)) as money_at_risk
    from netted

),

ranked as (

    select
        *,
        row_number() over (
            order by
                money_at_risk desc nulls last,
                net_past_due desc nulls last,
                past_due_receivables desc nulls last,
                oldest_past_due_days desc nulls last,
                customer_id asc nulls last
        ) as priority
    from weighted

),

final as (

    select
        ranked.customer_id,
        ranked.as_of_date,
        cast(ranked.priority as integer) as priority,
        ranked.segment,
        ranked.reporting_currency_code,
        ranked.money_at_risk,
        'Past due ' || cast(cast(ranked.past_due_receivables as decimal(18, 2)) as string)
        || coalesce(' ' || ranked.reporting_currency_code, '')
        || case
            when ranked.unapplied_credits = 0 then ''
            when ranked.net_past_due = 0 then ', covered by unapplied credits'
            else
                ', of it ' || cast(cast(ranked.net_past_due as decimal(18, 2)) as string)
                || ' not covered by unapplied credits'
        end
        || ', the oldest ' || cast(ranked.oldest_past_due_days as string)
        || ' days; risk ' || ranked.risk_tier
        || coalesce(': ' || ranked.warning_reasons, ', no warnings') as why,
        ranked.risk_tier,
        ranked.receivables as balance,
        ranked.past_due_receivables,
        ranked.unapplied_credits,
        cast(ranked.net_past_due as decimal(18, 4)) as net_past_due,
        ranked.oldest_past_due_days,
        contacts.contact_date as last_contact_date,
        contacts.channel as last_contact_channel,
        contacts.direction as last_contact_direction,
        contacts.outcome as last_contact_outcome,
        promises.due_date as next_promise_date,
        cast(promises.amount as decimal(18, 4)) as next_promise_amount,
        owners.employee_id as owner_employee_id,
        channels.allowed_channels
    from ranked
    left join contacts on ranked.customer_id = contacts.customer_id
    left join promises on ranked.customer_id = promises.customer_id
    left join owners on ranked.customer_id = owners.customer_id
    left join channels on ranked.customer_id = channels.customer_id

)

select * from final
