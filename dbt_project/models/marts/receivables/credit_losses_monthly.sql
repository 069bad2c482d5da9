with

levels as (

    select * from {{ ref('int_receivables_levels') }}

),

process_costs as (

    select * from {{ ref('int_process_costs_monthly') }}

),

concentration as (

    select * from {{ ref('int_concentration') }}

),

-- Recoveries come long after write-offs, so their rate is over the last 12 months, or as many as there are.
windowed as (

    select
        *,
        sum(written_off) over last_12_months as written_off_12m,
        sum(recovered) over last_12_months as recovered_12m,
        written_off - recovered as bad_debt_expense
    from levels
    window
        last_12_months as ({{ last_months(12) }})

),

-- Costs are landed by company: segments have none.
joined as (

    select
        windowed.*,
        process_costs.process_cost,
        coalesce(concentration.owed_receivables, 0) as owed_receivables,
        coalesce(concentration.top_10_receivables, 0) as top_10_receivables,
        concentration.concentration_index
    from windowed
    left join process_costs
        on
            windowed.month_end = process_costs.month_end
            and windowed.scope = process_costs.scope
    left join concentration
        on
            windowed.month_end = concentration.month_end
            and windowed.scope = concentration.scope

),

final as (

    select
        month_end,
        level,
        scope,
        company_id,
        segment,
        cast(opening_receivables as decimal(18, 4)) as opening_receivables,
        cast(net_credit_sales as decimal(18, 4)) as net_credit_sales,
        cast(written_off as decimal(18, 4)) as written_off,
        cast(recovered as decimal(18, 4)) as recovered,
        cast(written_off_12m as decimal(18, 4)) as written_off_12m,
        cast(recovered_12m as decimal(18, 4)) as recovered_12m,
        cast(opening_past_due_receivables as decimal(18, 4)) as opening_past_due_receivables,
        cast(cash_applied_to_past_due as decimal(18, 4)) as cash_applied_to_past_due,
        cast(cash_received as decimal(18, 4)) as cash_received,
        cast(process_cost as decimal(18, 4)) as process_cost,
        cast(owed_receivables as decimal(18, 4)) as owed_receivables,
        cast(top_10_receivables as decimal(18, 4)) as top_10_receivables,
        cast(bad_debt_expense as decimal(18, 4)) as bad_debt_expense,
        case when opening_receivables > 0 then cast(written_off as double) / cast(opening_receivables as double) end
            as write_off_rate,
        case when net_credit_sales > 0 then cast(bad_debt_expense as double) / cast(net_credit_sales as double) end
            as bad_debt_to_sales,
        case
            when opening_past_due_receivables > 0
                then cast(cash_applied_to_past_due as double) / cast(opening_past_due_receivables as double)
        end as recovery_rate,
        case when written_off_12m > 0 then cast(recovered_12m as double) / cast(written_off_12m as double) end
            as write_off_recovery_rate,
        case when cash_received > 0 then cast(process_cost as double) / cast(cash_received as double) end
            as cost_to_collect,
        case when owed_receivables > 0 then cast(top_10_receivables as double) / cast(owed_receivables as double) end
            as top_10_share,
        cast(concentration_index as double) as concentration_index,
        case when bad_debt_expense is null then 'no_data' end as reason_expense,
        case
            when written_off is null then 'no_data'
            when opening_receivables <= 0 then 'no_receivables'
        end as reason,
        case
            when bad_debt_expense is null then 'no_data'
            when net_credit_sales <= 0 then 'no_sales'
        end as reason_to_sales,
        case
            when cash_applied_to_past_due is null then 'no_data'
            when opening_past_due_receivables <= 0 then 'nothing_past_due'
        end as reason_recovery,
        case
            when written_off_12m is null then 'no_data'
            when written_off_12m <= 0 then 'no_write_offs'
        end as reason_write_off_recovery,
        case
            when process_cost is null or cash_received is null then 'no_data'
            when cash_received <= 0 then 'no_cash'
        end as reason_cost,
        case when owed_receivables <= 0 then 'no_receivables' end as reason_concentration,
        is_complete
    from joined

)

select * from final
