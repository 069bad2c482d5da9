{{ config(materialized='replaced_view') }}

with

customers as (

    select * from {{ ref('customer_risk') }}

),

-- Lowest risk first, of the tiers that have a customer.
tiers as (

    select
        risk_tier,
        max(loss_probability) as loss_probability,
        row_number() over (order by max(loss_probability) asc nulls last, risk_tier asc nulls last) as position,
        count(*) over () as tier_count
    from customers
    group by risk_tier

),

summed as (

    select
        risk_tier,
        segment,
        grouping(segment) as is_over_segments,
        count(*) as customers,
        sum(receivables) as receivables,
        sum(past_due_receivables) as past_due_receivables
    from customers
    group by grouping sets ((risk_tier), (risk_tier, segment))

),

shared_out as (

    select
        *,
        sum(past_due_receivables) over (partition by is_over_segments, segment) as past_due_of_all_tiers
    from summed

),

final as (

    select
        shared_out.risk_tier,
        case when shared_out.is_over_segments = 1 then 'all' else 'segment:' || shared_out.segment end as scope,
        shared_out.segment,
        cast(tiers.position as integer) as position,
        2 * (tiers.position - 1) >= tiers.tier_count as is_higher_risk,
        cast(shared_out.customers as bigint) as customers,
        cast(shared_out.receivables as decimal(18, 4)) as receivables,
        cast(shared_out.past_due_receivables as decimal(18, 4)) as past_due_receivables,
        case
            when shared_out.past_due_of_all_tiers > 0
                then cast(shared_out.past_due_receivables as double) / cast(shared_out.past_due_of_all_tiers as double)
        end as share_of_past_due,
        cast(tiers.loss_probability as decimal(9, 6)) as loss_probability
    from shared_out
    inner join tiers on shared_out.risk_tier = tiers.risk_tier

)

select * from final
