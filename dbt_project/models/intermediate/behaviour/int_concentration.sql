{%- set scopes = {
    "'portfolio'": 'over_companies',
    "'segment:' || segment": 'over_companies',
    "'company:' || company_id": 'contributions',
    "'company_segment:' || company_id || '|' || segment": 'contributions',
} -%}

with

contributions as (

    select * from {{ ref('int_contributions_monthly') }}

),

over_companies as (

    select
        month_end,
        segment,
        customer_id,
        sum(receivables) as receivables
    from contributions
    group by
        month_end,
        segment,
        customer_id

),

-- A customer in credit owes nothing: shares are of what is owed.
owed as (

    {% for scope, customers in scopes.items() -%}
        select
            month_end,
            {{ scope }} as scope,
            receivables
        from {{ customers }}
        where receivables > 0
        {% if not loop.last -%}
            union all
        {% endif %}
    {%- endfor %}

),

-- Of customers that owe the same, it doesn't matter which comes first.
ranked as (

    select
        *,
        row_number() over (partition by month_end, scope order by receivables desc nulls last) as size_rank,
        sum(receivables) over (partition by month_end, scope) as scope_receivables
    from owed

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
