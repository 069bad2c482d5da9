with

-- Who has only rests within the tolerance has no oldest debt, and isn't asked for anything.
risks as (

    select * from {{ ref('customer_risk') }}
    where past_due_receivables > 0 and oldest_past_due_days > 0

),

dealings as (

    select * from {{ ref('int_customer_dealings') }}

),

channels as (

    select * from {{ ref('int_contact_channels') }}

),

outlooks as (

    select * from {{ ref('customer_outlook') }}

),

-- Unapplied cash and open credit memos reduce what the customer is asked to pay.
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
        cast(cast(net_past_due as decimal(28, 4)) * loss_probability as decimal(18, 4)) as money_at_risk
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
        dealings.last_contact_date,
        dealings.last_contact_channel,
        dealings.last_contact_direction,
        dealings.last_contact_outcome,
        dealings.next_promise_date,
        cast(dealings.next_promise_amount as decimal(18, 4)) as next_promise_amount,
        dealings.owner_employee_id,
        channels.allowed_channels,
        outlooks.expected_loss,
        outlooks.expected_late_cost,
        outlooks.expected_late_money,
        outlooks.early_warning,
        cast(row_number() over (
            order by
                outlooks.expected_rank asc nulls last,
                ranked.priority asc nulls last
        ) as integer) as expected_priority,
        case
            when outlooks.expected_loss is null then 'No loss rate is known'
            else 'Expected to be lost: ' || cast(cast(outlooks.expected_loss as decimal(18, 2)) as string)
        end
        || coalesce(
            ', to be 30 days late: ' || cast(cast(outlooks.expected_late_money as decimal(18, 2)) as string), ''
        )
        || coalesce('; ' || outlooks.early_warning, '') as why_expected
    from ranked
    left join dealings on ranked.customer_id = dealings.customer_id
    left join channels on ranked.customer_id = channels.customer_id
    left join outlooks on ranked.customer_id = outlooks.customer_id

)

select * from final
