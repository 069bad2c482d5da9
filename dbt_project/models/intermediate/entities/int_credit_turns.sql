with recursive

moments as (

    select * from {{ ref('int_credit_moments') }}

),

-- Before the first moment, no use of a receipt or memo has an amount.
at_the_start as (

    select
        credit_id,
        use_number,
        invoice_id,
        cast(0 as decimal(18, 4)) as standing_amount,
        false as waits,
        false as waits_from_now,
        cast(0 as decimal(18, 4)) as reopened_amount,
        cast(0 as bigint) as acting_use_number,
        cast(0 as decimal(18, 4)) as applied_before,
        cast(0 as decimal(18, 4)) as left_before,
        cast(null as date) as date_day,
        cast(0 as bigint) as moment_number,
        cast(1 as bigint) as pass_number
    from moments
    where is_start

),

-- A use that doesn't fit waits. A reversal that needs more than is left undoes applications, newest first. If the end
-- of an application doesn't fit, the newest use that gave something back waits as if it had never landed, and the
-- moments are looked at again. `net_part`: what a use applies, less what other rows of its invoice gave back.
turns as (

    select * from at_the_start
    union all
    select
        credit_id,
        use_number,
        invoice_id,
        case
            when misfit > 0 and not is_start then cast(0 as decimal(18, 4))
            when misfit = 0 and is_acting then cast(standing_amount + moved_amount as decimal(18, 4))
            else cast(standing_amount - now_reopened as decimal(18, 4))
        end as standing_amount,
        waits or use_number = misfit as waits,
        use_number = misfit as waits_from_now,
        cast(now_reopened as decimal(18, 4)) as reopened_amount,
        next_use_number as acting_use_number,
        cast(applied_amount as decimal(18, 4)) as applied_before,
        cast(held_amount - used_amount as decimal(18, 4)) as left_before,
        moment_date as date_day,
        case when misfit > 0 and not is_start then cast(0 as bigint) else next_moment_number end as moment_number,
        pass_number + case when misfit > 0 and not is_start then 1 else 0 end as pass_number
    from (
        select
            *,
            case
                when moved_amount = 0 then 0
                when moved_amount > 0 and used_amount + moved_amount - undoable_amount > held_amount
                    then next_use_number
                when moved_amount < 0 and applied_amount + moved_amount < 0
                    then case when is_start then next_use_number else newest_that_gives end
                else 0
            end as misfit,
            case
                when moved_amount > 0 and used_amount + moved_amount - undoable_amount <= held_amount
                    then
                        greatest(
                            least(used_amount + moved_amount - held_amount - sum(net_part) over from_newest, 0)
                            + net_part,
                            0
                        )
                else 0
            end as now_reopened
        from (
            select
                *,
                case
                    when is_start then amount * min(case when is_acting and waits then 0 else 1 end) over item
                    else -sum(case when is_acting then standing_amount else 0 end) over item
                end as moved_amount,
                sum(standing_amount) over item as used_amount,
                sum(applied_part) over item as applied_amount,
                undoes * sum(applied_part) over item as undoable_amount,
                -- Less what other rows of its invoice give back, newest first.
                greatest(
                    taken_part + least(-sum(taken_part) over from_oldest + sum(applied_part) over invoice, 0), 0
                ) as net_part,
                max(case when standing_amount < 0 then use_number else 0 end) over item as newest_that_gives
            from (
                select
                    turns.*,
                    turns.use_number = moments.use_number as is_acting,
                    case when turns.invoice_id is null then 0 else turns.standing_amount end as applied_part,
                    case when turns.invoice_id is null then 0 else greatest(turns.standing_amount, 0) end as taken_part,
                    moments.moment_number as next_moment_number,
                    moments.use_number as next_use_number,
                    moments.is_start,
                    moments.moment_date,
                    moments.amount,
                    moments.undoes,
                    moments.held_amount
                from turns
                inner join moments
                    on turns.credit_id = moments.credit_id and turns.moment_number + 1 = moments.moment_number
            ) as acting
            window
                item as (partition by credit_id),
                invoice as (partition by credit_id, invoice_id),
                from_oldest as (partition by credit_id, invoice_id order by use_number asc nulls last)
        ) as measured
        window from_newest as (partition by credit_id order by use_number desc nulls last)
    ) as judged

),

final as (

    select * from turns
    where waits_from_now or reopened_amount > 0

)

select * from final
