with

uses as (

    select
        *,
        item_type || ':' || item_id as credit_id
    from {{ ref('int_credit_uses') }}

),

turns as (

    select * from {{ ref('int_credit_turns') }}

),

applications as (

    select * from {{ ref('int_applications') }}

),

reversals as (

    select * from {{ ref('int_refunds_and_reversals') }}
    where table_name = 'reversals'

),

last_passes as (

    select
        credit_id,
        max(pass_number) as pass_number
    from turns
    group by credit_id

),

undone as (

    select
        turns.reopened_amount as source_amount,
        sum(turns.reopened_amount) over (
            partition by turns.credit_id, turns.use_number
            order by turns.date_day asc nulls last, turns.acting_use_number asc nulls last
            rows between unbounded preceding and current row
        ) as source_amount_by_then,
        uses.use_id as application_id,
        turns.acting_use_number,
        acting.use_id as reversal_id
    from turns
    inner join last_passes on turns.credit_id = last_passes.credit_id and turns.pass_number = last_passes.pass_number
    inner join uses on turns.credit_id = uses.credit_id and turns.use_number = uses.use_number
    inner join uses as acting on turns.credit_id = acting.credit_id and turns.acting_use_number = acting.use_number
    where turns.reopened_amount > 0

),

-- In an application across currencies the same share is undone in both currencies; the last part undoes the rest.
shared as (

    select
        undone.*,
        applications.discount_amount,
        reversals.effective_date,
        greatest(applications.recorded_at, reversals.recorded_at) as recorded_at,
        undone.source_amount_by_then = applications.source_amount as is_undone_whole,
        case
            when undone.source_amount_by_then = applications.source_amount then applications.amount
            when applications.amount = applications.source_amount then undone.source_amount_by_then
            else
                cast(
                    applications.amount * cast(
                        cast(undone.source_amount_by_then as double)
                        / cast(nullif(applications.source_amount, 0) as double) as decimal(20, 18)
                    ) as decimal(18, 4)
                )
        end as amount_by_then
    from undone
    inner join applications on undone.application_id = applications.application_id
    inner join reversals on undone.reversal_id = reversals.use_id

),

-- A discount was granted for the payment: it is undone with the last part of the application.
final as (

    select
        reversal_id,
        application_id,
        effective_date,
        recorded_at,
        source_amount,
        cast(
            amount_by_then - lag(amount_by_then, 1, 0) over (
                partition by application_id order by effective_date asc nulls last, acting_use_number asc nulls last
            ) as decimal(18, 4)
        ) as amount,
        case when is_undone_whole then discount_amount else cast(0 as decimal(18, 4)) end as discount_amount
    from shared

)

select * from final
