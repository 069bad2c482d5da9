with

steps as (

    select * from {{ ref('dunning_steps') }}

),

final as (

    select
        level,
        step,
        notice_type,
        days_past_due,
        minimum_amount,
        days_since_last_notice,
        failed_outcomes
    from steps

)

select * from final
