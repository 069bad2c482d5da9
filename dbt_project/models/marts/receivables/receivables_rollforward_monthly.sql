with

levels as (

    select * from {{ ref('int_receivables_levels') }}

),

final as (

    select
        month_end,
        level,
        scope,
        company_id,
        segment,
        cast(opening_receivables as decimal(18, 4)) as opening_receivables,
        {% for movement in var('movements') -%}
            cast(moved_{{ movement }} as decimal(18, 4)) as {{ movement }},
        {% endfor -%}
        cast(fx_difference as decimal(18, 4)) as fx_difference,
        cast(receivables as decimal(18, 4)) as closing_receivables,
        is_complete
    from levels

)

select * from final
