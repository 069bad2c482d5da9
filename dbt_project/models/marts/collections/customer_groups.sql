{{ config(materialized='replaced_view') }}

{%- set amounts = ['open_invoices', 'unapplied_credits', 'receivables', 'past_due_receivables'] -%}
{%- for bucket in var('aging_bucket_ids') -%}
    {%- do amounts.append('aging_' ~ bucket) -%}
{%- endfor -%}

with

members as (

    select * from {{ ref('customer_group_members') }}

),

risks as (

    select * from {{ ref('customer_risk') }}

),

worklist as (

    select * from {{ ref('collections_worklist') }}

),

balances as (

    select * from {{ ref('group_aging_monthly') }}

),

-- Nobody's credit is taken off what another member owes: each is asked for what the worklist asks of it.
told as (

    select
        members.group_customer_id,
        members.is_top,
        members.levels_below,
        risks.*,
        worklist.net_past_due,
        worklist.money_at_risk,
        row_number() over (
            partition by members.group_customer_id
            order by risks.risk_points desc nulls last, risks.customer_id asc nulls last
        ) as risk_rank
    from members
    inner join risks on members.customer_id = risks.customer_id
    left join worklist on members.customer_id = worklist.customer_id

),

summed as (

    select
        group_customer_id,
        is_top,
        as_of_date,
        reporting_currency_code,
        count(*) as members,
        coalesce(sum(net_past_due), 0) as net_past_due,
        coalesce(sum(money_at_risk), 0) as money_at_risk,
        max(oldest_past_due_days) as oldest_past_due_days,
        max(case when risk_rank = 1 then customer_id end) as riskiest_customer_id,
        max(case when risk_rank = 1 then risk_tier end) as risk_tier,
        max(risk_points) as risk_points,
        sum(case when credit_class = 'no_rate' then 1 else 0 end) as limits_without_rate,
        sum(credit_limit) as sum_of_limits,
        sum(case when credit_limit > 0 then open_invoices else 0 end) as open_invoices_with_limit,
        max(case when levels_below = 0 then credit_limit end) as head_credit_limit
    from told
    group by group_customer_id, is_top, as_of_date, reporting_currency_code

),

-- A limit without a rate would be missing from the sum.
limited as (

    select
        *,
        case when limits_without_rate = 0 then cast(sum_of_limits as decimal(18, 4)) end as credit_limit
    from summed

),

final as (

    select
        limited.group_customer_id,
        limited.is_top,
        limited.as_of_date,
        limited.reporting_currency_code,
        cast(limited.members as bigint) as members,
        {% for amount in amounts -%}
            coalesce(balances.{{ amount }}, 0) as {{ amount }},
        {% endfor -%}
        cast(limited.net_past_due as decimal(18, 4)) as net_past_due,
        cast(limited.money_at_risk as decimal(18, 4)) as money_at_risk,
        limited.oldest_past_due_days,
        limited.riskiest_customer_id,
        limited.risk_points,
        limited.risk_tier,
        limited.credit_limit,
        cast(limited.open_invoices_with_limit as decimal(18, 4)) as open_invoices_with_limit,
        cast(limited.open_invoices_with_limit as double) / nullif(cast(limited.credit_limit as double), 0)
            as credit_utilisation,
        case
            when limited.limits_without_rate > 0 then 'no_rate'
            when limited.credit_limit is null then 'no_limit'
            when limited.open_invoices_with_limit > limited.credit_limit then 'over_limit'
            else 'within_limit'
        end as credit_class,
        limited.head_credit_limit,
        cast(coalesce(balances.open_invoices, 0) as double) / nullif(cast(limited.head_credit_limit as double), 0)
            as head_credit_utilisation
    from limited
    left join balances
        on
            limited.group_customer_id = balances.group_customer_id
            and limited.as_of_date = balances.balance_date

)

select * from final
