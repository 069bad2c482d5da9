with

allowances as (

    select * from {{ ref('int_loss_allowances') }}

),

losses_after as (

    select * from {{ ref('int_losses_after') }}

),

months as (

    select
        *,
        sum(case when is_complete then 1 else 0 end) over () as complete_months
    from {{ ref('int_months') }}

),

joined as (

    select
        allowances.*,
        months.is_complete,
        months.complete_months >= months.month_number + {{ var('loss_follow_months') }} as is_followed,
        coalesce(losses_after.lost_after, 0) as lost_after,
        coalesce(allowances.allowance, 0) as closing,
        coalesce(
            lag(allowances.allowance) over (
                partition by allowances.company_id, allowances.segment, allowances.bucket_id
                order by allowances.month_end asc nulls last
            ), 0
        ) as opening
    from allowances
    inner join months on allowances.month_end = months.month_end
    left join losses_after
        on
            allowances.month_end = losses_after.month_end
            and allowances.company_id = losses_after.company_id
            and allowances.segment = losses_after.segment
            and allowances.bucket_id = losses_after.bucket_id

),

final as (

    select
        month_end,
        company_id,
        segment,
        bucket_id,
        gross,
        specific_gross,
        specific_allowance,
        cast(historical_loss_rate as double) as historical_loss_rate,
        {{ var('loss_look_back_months') }} as look_back_months,
        cohorts,
        cast(forward_looking_factor as double) as forward_looking_factor,
        forward_looking_reason,
        cast(loss_rate as double) as loss_rate,
        allowance,
        opening,
        cast(closing - opening + lost - recovered as decimal(18, 4)) as charge,
        lost as written_off,
        recovered,
        closing,
        case
            when gross <= 0 then 'no_receivables'
            when historical_loss_rate is null and cohorts > 0 then 'no_data'
            when cohorts < {{ var('cohorts_a_loss_rate_needs') }} then 'short_history'
            when historical_loss_rate = 0 then 'no_losses_in_window'
        end as reason,
        case when is_followed then lost_after end as lost_after,
        case when not is_followed then 'too_early' end as reason_lost_after,
        is_complete
    from joined

)

select * from final
