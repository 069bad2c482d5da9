{%- set scopes = {
    "'portfolio'": 'over_companies',
    "'segment:' || segment": 'over_companies',
    "'company:' || company_id": 'of_companies',
    "'company_segment:' || company_id || '|' || segment": 'of_companies',
} -%}

with

contributions as (

    select * from {{ ref('int_contributions_monthly') }}

),

-- Shares are of what is owed, so customers with a credit balance are left out. Amounts are converted to doubles once,
-- because calculating with so many digits takes longer than all other steps together.
of_companies as (

    select
        month_end,
        company_id,
        segment,
        receivables,
        cast(receivables as double) as weight
    from contributions
    where receivables > 0

),

over_companies as (

    select
        month_end,
        segment,
        sum(receivables) as receivables,
        cast(sum(receivables) as double) as weight
    from contributions
    group by
        month_end,
        segment,
        customer_id
    having sum(receivables) > 0

),

owed as (

    {% for scope, customers in scopes.items() -%}
        select
            month_end,
            {{ scope }} as scope,
            receivables,
            weight
        from {{ customers }}
        {% if not loop.last -%}
            union all
        {% endif %}
    {%- endfor %}

),

totals as (

    select
        month_end,
        scope,
        sum(receivables) as receivables,
        cast(sum(receivables) as double) as weight
    from owed
    group by month_end, scope

),

-- Shares are decimals, because a sum of doubles depends on the order in which an engine adds them.
shared as (

    select
        totals.*,
        cast(owed.weight / nullif(totals.weight, 0) as decimal(18, 15)) as owed_share
    from owed
    inner join totals on owed.month_end = totals.month_end and owed.scope = totals.scope

),

-- The order of customers that owe the same amount does not matter.
ranked as (

    select
        month_end,
        scope,
        receivables,
        row_number() over (partition by month_end, scope order by receivables desc nulls last) as size_rank
    from owed

),

largest as (

    select
        month_end,
        scope,
        sum(receivables) as receivables
    from ranked
    where size_rank <= 10
    group by month_end, scope

),

final as (

    select
        shared.month_end,
        shared.scope,
        max(shared.receivables) as owed_receivables,
        max(largest.receivables) as top_10_receivables,
        cast(sum(shared.owed_share * shared.owed_share) as decimal(18, 15)) as concentration_index
    from shared
    inner join largest on shared.month_end = largest.month_end and shared.scope = largest.scope
    group by shared.month_end, shared.scope

)

select * from final
