with

levels as (

    select * from {{ ref('int_receivables_levels') }}

),

-- Opening receivables of three months: those at the start of the oldest of the last three months, or of as many as
-- there are.
windowed as (

    select
        *,
        sum(net_credit_sales) over last_3_months as net_credit_sales_3m,
        sum(taken_over) over last_3_months as taken_over_3m,
        first_value(opening_receivables) over last_3_months as opening_receivables_3m
    from levels
    window
        last_3_months as ({{ last_months(3) }})

),

-- Collectible: opening receivables plus inflows, less what is not past due. Balances taken over are inflows, but not
-- sales.
measured as (

    select
        *,
        {{ collected() }} as collected,
        {{ collectible() }} as collectible,
        {{ collected('_3m') }} as collected_3m,
        {{ collectible('_3m') }} as collectible_3m,
        {{ opening_and_inflow() }} as opening_and_inflow
    from windowed

),

final as (

    select
        month_end,
        level,
        scope,
        company_id,
        segment,
        days,
        cast(opening_receivables as decimal(18, 4)) as opening_receivables,
        cast(net_credit_sales as decimal(18, 4)) as net_credit_sales,
        cast(taken_over as decimal(18, 4)) as taken_over,
        cast(receivables as decimal(18, 4)) as closing_receivables,
        cast(current_receivables as decimal(18, 4)) as closing_current_receivables,
        cast(cash_received as decimal(18, 4)) as cash_received,
        cast(collected as decimal(18, 4)) as collected,
        cast(collectible as decimal(18, 4)) as collectible,
        cast(opening_receivables_3m as decimal(18, 4)) as opening_receivables_3m,
        cast(net_credit_sales_3m as decimal(18, 4)) as net_credit_sales_3m,
        cast(taken_over_3m as decimal(18, 4)) as taken_over_3m,
        cast(collected_3m as decimal(18, 4)) as collected_3m,
        cast(collectible_3m as decimal(18, 4)) as collectible_3m,
        cast(opening_open_invoices as decimal(18, 4)) as opening_open_invoices,
        cast(cash_applied_to_opening as decimal(18, 4)) as cash_applied_to_opening,
        case when collectible > 0 then cast(collected as double) / cast(collectible as double) * 100 end as cei,
        case when collectible_3m > 0 then cast(collected_3m as double) / cast(collectible_3m as double) * 100 end
            as cei_3m,
        case when collectible > 0 then cast(cash_received as double) / cast(collectible as double) * 100 end
            as cei_cash_only,
        case when opening_and_inflow > 0 then cast(cash_received as double) / cast(opening_and_inflow as double) end
            as collection_rate,
        case
            when
                opening_open_invoices > 0
                then cast(cash_applied_to_opening as double) / cast(opening_open_invoices as double)
        end as collection_rate_opening,
        case when collectible <= 0 then 'nothing_collectible' end as reason,
        case when collectible_3m <= 0 then 'nothing_collectible' end as reason_3m,
        case
            when cash_received is null then 'no_data'
            when collectible <= 0 then 'nothing_collectible'
        end as reason_cash_only,
        case
            when cash_received is null then 'no_data'
            when opening_and_inflow <= 0 then 'no_receivables'
        end as reason_collection_rate,
        case
            when cash_applied_to_opening is null then 'no_data'
            when opening_open_invoices <= 0 then 'no_receivables'
        end as reason_collection_rate_opening,
        is_complete
    from measured

)

select * from final
