with recursive

queued as (

    select * from {{ ref('int_promise_queue') }}

),

cash as (

    select * from {{ ref('int_promise_cash') }}

),

-- The cash of each pool, before the first turn.
at_the_start as (

    select
        cash.pool_id,
        cash.currency_code,
        cash.unit_id,
        cash.customer_id,
        cash.invoice_id,
        cash.received_date,
        cash.applied_date,
        cast(cash.amount as decimal(18, 4)) as amount_left,
        cast(0 as decimal(18, 4)) as amount_used,
        cast(0 as bigint) as turn
    from cash

),

-- Each turn takes what it needs of the cash in its window, oldest first; what it took is gone for the turns after it.
turns as (

    select
        pool_id,
        currency_code,
        unit_id,
        customer_id,
        invoice_id,
        received_date,
        applied_date,
        amount_left,
        amount_used,
        turn
    from at_the_start
    union all
    select
        ranked.pool_id,
        ranked.currency_code,
        ranked.unit_id,
        ranked.customer_id,
        ranked.invoice_id,
        ranked.received_date,
        ranked.applied_date,
        cast(
            ranked.amount_left - greatest(least(ranked.on_offer, ranked.promised - ranked.taken_before), 0)
            as decimal(18, 4)
        ) as amount_left,
        cast(greatest(least(ranked.on_offer, ranked.promised - ranked.taken_before), 0) as decimal(18, 4))
            as amount_used,
        ranked.next_turn as turn
    from (
        select
            candidates.*,
            sum(candidates.on_offer) over (
                partition by candidates.pool_id, candidates.currency_code
                order by candidates.received_date asc nulls last, candidates.unit_id asc nulls last
                rows between unbounded preceding and current row
            ) - candidates.on_offer as taken_before
        from (
            select
                turns.*,
                queued.turn as next_turn,
                queued.amount as promised,
                case
                    when
                        queued.invoice_id is null
                        and queued.customer_id = turns.customer_id
                        and turns.received_date between queued.made_date and queued.last_date
                        then turns.amount_left
                    when
                        queued.invoice_id = turns.invoice_id
                        and turns.applied_date between queued.made_date and queued.last_date
                        then turns.amount_left
                    else 0
                end as on_offer
            from turns
            inner join queued
                on
                    turns.pool_id = queued.pool_id
                    and turns.currency_code = queued.currency_code
                    and turns.turn + 1 = queued.turn
        ) as candidates
    ) as ranked

),

final as (

    select
        pool_id,
        currency_code,
        turn,
        unit_id,
        amount_used
    from turns
    where amount_used > 0

)

select * from final
