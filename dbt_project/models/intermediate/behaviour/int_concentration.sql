with

customer_aging as (

    select * from {{ ref('int_customer_aging_monthly') }}

),

customers as (

    select * from {{ ref('int_customers') }}

),

months as (

    select * from {{ ref('int_months') }}

),

rates as (

    select * from {{ ref('int_exchange_rates_daily') }}

),

levels as (

    select 'portfolio' as level
    union all
    select 'company' as level
    union all
    select 'segment' as level
    union all
    select 'company_segment' as level

),

-- What each customer owes at a level, over companies and currencies.
owed as (

    select
        customer_aging.month_end,
        case levels.level
            when 'portfolio' then 'portfolio'
            when 'company' then 'company:' || customer_aging.company_id
            when 'segment' then 'segment:' || customers.segment
            else 'company_segment:' || customer_aging.company_id || '|' || customers.segment
        end as scope,
        customer_aging.customer_id,
        sum(
            cast(
                customer_aging.unapplied_credits
                {%- for bucket in var('aging_bucket_ids') %}
                    + customer_aging.aging_{{ bucket }}
                {%- endfor %} as decimal(18, 4)
            ) * rates.rate
        ) as receivables
    from customer_aging
    inner join customers on customer_aging.customer_id = customers.customer_id
    inner join months on customer_aging.month_end = months.month_end
    left join rates
        on
            months.balance_date = rates.date_day
            and customer_aging.currency_code = rates.currency_code
    cross join levels
    group by
        customer_aging.month_end,
        case levels.level
            when 'portfolio' then 'portfolio'
            when 'company' then 'company:' || customer_aging.company_id
            when 'segment' then 'segment:' || customers.segment
            else 'company_segment:' || customer_aging.company_id || '|' || customers.segment
        end,
        customer_aging.customer_id

),

-- A customer in credit owes nothing: shares are of what is owed.
ranked as (

    select
        month_end,
        scope,
        receivables,
        row_number() over (
            partition by month_end, scope order by receivables desc nulls last, customer_id asc nulls last
        ) as size_rank,
        sum(receivables) over (partition by month_end, scope) as scope_receivables
    from owed
    where receivables > 0

),

-- As decimals: a sum of doubles depends on the order in which an engine adds them.
shared as (

    select
        *,
        cast(cast(receivables as double) / nullif(cast(scope_receivables as double), 0) as decimal(18, 15))
            as owed_share
    from ranked

),

final as (

    select
        month_end,
        scope,
        max(scope_receivables) as owed_receivables,
        sum(case when size_rank <= 10 then receivables else 0 end) as top_10_receivables,
        cast(sum(owed_share * owed_share) as decimal(18, 15)) as concentration_index
    from shared
    group by
        month_end,
        scope

)

select * from final
