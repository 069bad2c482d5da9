with

features as (

    select * from {{ ref('int_risk_features') }}

),

flags as (

    select * from {{ ref('int_risk_flags') }}

),

tiers as (

    select * from {{ ref('risk_tiers') }}

),

reporting_currency as (

    select * from {{ ref('int_reporting_currency') }}

),

-- The lowest tier is for all customers with too few points for another tier.
bounded as (

    select
        risk_tier,
        loss_probability,
        case when row_number() over (order by min_points asc nulls last) > 1 then min_points else 0 end as first_points,
        lead(min_points) over (order by min_points asc nulls last) as next_points
    from tiers

),

scored as (

    select
        customer_id,
        {% for flag_id in var('risk_flag_ids') -%}
            max(case when flag_id = '{{ flag_id }}' then reason end) as reason_{{ flag_id }},
        {% endfor -%}
        sum(points) as risk_points
    from flags
    group by customer_id

),

joined as (

    select
        features.*,
        reporting_currency.currency_code as reporting_currency_code,
        coalesce(scored.risk_points, 0) as risk_points,
        {% for flag_id in var('risk_flag_ids') -%}
            scored.reason_{{ flag_id }} is not null as is_{{ flag_id }},
        {% endfor -%}
        {% for flag_id in var('risk_flag_ids') -%}
            coalesce('; ' || scored.reason_{{ flag_id }}, '')
            {%- if not loop.last %} || {% endif %}
        {% endfor %} as reasons
    from features
    cross join reporting_currency
    left join scored on features.customer_id = scored.customer_id

),

final as (

    select
        joined.customer_id,
        {{ as_of_date() }} as as_of_date,
        joined.segment,
        joined.reporting_currency_code,
        cast(joined.open_invoices as decimal(18, 4)) as open_invoices,
        cast(joined.unapplied_credits as decimal(18, 4)) as unapplied_credits,
        cast(joined.open_invoices + joined.unapplied_credits as decimal(18, 4)) as receivables,
        cast(joined.past_due_receivables as decimal(18, 4)) as past_due_receivables,
        cast(joined.share_of_receivables as double) as share_of_receivables,
        cast(joined.oldest_past_due_days as integer) as oldest_past_due_days,
        cast(joined.cash_applied_3m as decimal(18, 4)) as cash_applied_3m,
        cast(joined.days_late_3m as double) as days_late_3m,
        cast(joined.cash_applied_12m as decimal(18, 4)) as cash_applied_12m,
        cast(joined.days_late_12m as double) as days_late_12m,
        cast(joined.days_late_trend as double) as days_late_trend,
        cast(joined.cash_paid_late_12m as decimal(18, 4)) as cash_paid_late_12m,
        cast(joined.share_paid_late as double) as share_paid_late,
        case when joined.cash_applied_3m <= 0 then 'no_cash_applied' end as reason_3m,
        case when joined.cash_applied_12m <= 0 then 'no_cash_applied' end as reason_12m,
        case when joined.share_of_receivables is null then 'no_receivables' end as reason_share,
        cast(joined.broken_promises_12m as bigint) as broken_promises_12m,
        cast(joined.open_disputes as bigint) as open_disputes,
        cast(joined.credit_limit as decimal(18, 4)) as credit_limit,
        cast(joined.credit_utilisation as double) as credit_utilisation,
        case
            when not joined.has_limit then 'no_limit'
            when joined.credit_utilisation is null then 'no_rate'
            when joined.credit_utilisation > 1 then 'over_limit'
            else 'within_limit'
        end as credit_class,
        {% for flag_id in var('risk_flag_ids') -%}
            joined.is_{{ flag_id }},
        {% endfor -%}
        cast(joined.risk_points as integer) as risk_points,
        bounded.risk_tier,
        cast(bounded.loss_probability as decimal(9, 6)) as loss_probability,
        nullif(substr(joined.reasons, 3), '') as warning_reasons
    from joined
    inner join bounded
        on
            joined.risk_points >= bounded.first_points
            and (bounded.next_points is null or joined.risk_points < bounded.next_points)

)

select * from final
