with recursive

moments as (

    select * from {{ ref('int_credit_moments') }}

),

-- What of each use of a receipt or memo stands, before the first moment.
at_the_start as (

    select
        credit_id,
        use_number,
        table_name = 'applications' as is_application,
        cast(0 as decimal(18, 4)) as standing_amount,
        false as waits,
        false as waits_from_now,
        cast(0 as decimal(18, 4)) as applied_before,
        cast(0 as decimal(18, 4)) as left_before,
        cast(null as date) as date_day,
        cast(0 as bigint) as place
    from moments
    where is_start

),

-- Moment after moment: a use that doesn't fit waits. Where it is an undoing that doesn't fit, a use that began before
-- waits, as if it had never landed, and all moments are looked at again without it.
turns as (

    select * from at_the_start
    union all
    select
        judged.credit_id,
        judged.use_number,
        judged.is_application,
        case
            when judged.misfit > 0 and not judged.is_start then cast(0 as decimal(18, 4))
            when judged.misfit = 0 and judged.use_number = judged.actor
                then cast(judged.standing_amount + judged.moved_amount as decimal(18, 4))
            else judged.standing_amount
        end as standing_amount,
        judged.waits or judged.use_number = judged.misfit as waits,
        judged.use_number = judged.misfit as waits_from_now,
        cast(judged.applied_amount as decimal(18, 4)) as applied_before,
        cast(judged.held_amount - judged.used_amount as decimal(18, 4)) as left_before,
        judged.moment_date as date_day,
        case when judged.misfit > 0 and not judged.is_start then cast(0 as bigint) else judged.next_place end as place
    from (
        select
            measured.*,
            case
                when measured.moved_amount = 0 then 0
                when measured.is_too_late then measured.actor
                when measured.moved_amount > 0 and measured.used_amount + measured.moved_amount > measured.held_amount
                    then measured.actor
                when measured.moved_amount < 0 and measured.applied_amount + measured.moved_amount < 0
                    then case when measured.is_start then measured.actor else measured.newest_that_gives end
                else 0
            end as misfit
        from (
            select
                turns.*,
                moments.place as next_place,
                moments.use_number as actor,
                moments.is_start,
                moments.moment_date,
                moments.is_too_late,
                moments.held_amount,
                case
                    when moments.is_start
                        then
                            moments.amount
                            * min(case when turns.waits and turns.use_number = moments.use_number then 0 else 1 end)
                                over item
                    else
                        -sum(case when turns.use_number = moments.use_number then turns.standing_amount else 0 end)
                            over item
                end as moved_amount,
                sum(turns.standing_amount) over item as used_amount,
                sum(case when turns.is_application then turns.standing_amount else 0 end) over item as applied_amount,
                max(case when turns.standing_amount < 0 then turns.use_number else 0 end) over item
                    as newest_that_gives
            from turns
            inner join moments on turns.credit_id = moments.credit_id and turns.place + 1 = moments.place
            window item as (partition by turns.credit_id)
        ) as measured
    ) as judged

),

final as (

    select
        credit_id,
        use_number,
        date_day,
        applied_before,
        left_before
    from turns
    where waits_from_now

)

select * from final
