with recursive

queued as (

    select * from {{ ref('int_promise_queue') }}

),

cash_units as (

    select * from {{ ref('int_cash_units') }}

),

-- The cash of payers who promised, before the first turn.
at_the_start as (

    select
        cash_units.customer_id,
        cash_units.currency_code,
        cash_units.unit_id,
        cash_units.invoice_id,
        cash_units.received_date,
        cash_units.applied_date,
        cast(cash_units.amount as decimal(18, 4)) as amount_left,
        cast(0 as decimal(18, 4)) as amount_used,
        cast(0 as bigint) as turn
    from cash_units
    inner join queued
        on
            cash_units.customer_id = queued.customer_id
            and cash_units.currency_code = queued.currency_code
            and queued.turn = 1

),

-- Each turn takes what it needs of the cash in its window, oldest first; what it took is gone for the turns after it.
turns as (

    select
        customer_id,
        currency_code,
        unit_id,
        invoice_id,
        received_date,
        applied_date,
        amount_left,
        amount_used,
        turn
    from at_the_start
    union all
    select
        ranked.customer_id,
        ranked.currency_code,
        ranked.unit_id,
        ranked.invoice_id,
        ranked.received_date,
        ranked.applied_date,
        cast(
            ranked.amount_left - greatest(least(ranked.on_offer, ranked.promised - ranked.taken_before), 0)
            as decimal(18, 4)
        ) as amount_left,
        cast(greatest(least(ranked.on_offer, ranked.promised - ranked.taken_before), 0) as decimal(18, 4))
            as amount_used,
        ranked.turn
    from (
        select
            candidates.*,
            sum(candidates.on_offer) over (
                partition by candidates.customer_id, candidates.currency_code
                order by candidates.cash_date asc nulls last, candidates.unit_id asc nulls last
                rows between unbounded preceding and current row
            ) - candidates.on_offer as taken_before
        from (
            select
                turns.customer_id,
                turns.currency_code,
                turns.unit_id,
                turns.invoice_id,
                turns.received_date,
                turns.applied_date,
                turns.amount_left,
                queued.turn,
                queued.amount as promised,
                case when queued.invoice_id is null then turns.received_date else turns.applied_date end as cash_date,
                case
                    when queued.invoice_id is null and turns.received_date between queued.made_date and queued.last_date
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
                    turns.customer_id = queued.customer_id
                    and turns.currency_code = queued.currency_code
                    and turns.turn + 1 = queued.turn
        ) as candidates
    ) as ranked

),

final as (

    select
        customer_id,
        currency_code,
        turn,
        unit_id,
        amount_used
    from turns
    where amount_used > 0

)

select * from final
