with

moments as (

    select
        *,
        case when item_type = 'receipt' then 'receipt ' else 'credit memo ' end || item_id as credit_name
    from {{ ref('int_credit_moments') }}
    where is_start

),

turns as (

    select * from {{ ref('int_credit_turns') }}
    where waits_from_now

),

final as (

    select
        moments.table_name,
        moments.use_id,
        moments.amount,
        case
            when moments.is_too_late
                then
                    moments.credit_name || ' was '
                    || case when moments.item_type = 'receipt' then 'reversed' else 'voided' end
                    || ' on ' || cast(moments.ended_date as string) || ': nothing is left of it on '
                    || cast(turns.date_day as string)
            when moments.amount < 0
                then
                    'what this gives back does not fit: of ' || moments.credit_name || ', '
                    || cast(turns.applied_before as string) || ' ' || moments.currency_code || ' is applied and '
                    || cast(turns.left_before as string) || ' left on ' || cast(turns.date_day as string)
            -- A reversal may also take what is applied.
            when moments.table_name = 'reversals'
                then
                    'only ' || cast(turns.left_before + turns.applied_before as string) || ' ' || moments.currency_code
                    || ' of ' || moments.credit_name || ' is left to reverse on ' || cast(turns.date_day as string)
            else
                'only ' || cast(turns.left_before as string) || ' ' || moments.currency_code || ' of '
                || moments.credit_name || ' is left on ' || cast(turns.date_day as string)
        end as reason
    from turns
    inner join moments
        on
            turns.credit_id = moments.credit_id
            and turns.use_number = moments.use_number

)

select * from final
