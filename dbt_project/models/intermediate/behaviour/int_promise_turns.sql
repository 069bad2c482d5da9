with recursive

chains as (

    select * from {{ ref('int_promise_chains') }}

),

chain_turns as (

    select distinct
        pool_id,
        currency_code,
        chain_number,
        place,
        turn,
        promised
    from chains

),

-- The cash of each chain, before its first turn. It is needed until the last that claims it.
at_the_start as (

    select
        pool_id,
        currency_code,
        chain_number,
        unit_id,
        received_date,
        max(place) as last_place,
        cast(max(unit_amount) as decimal(18, 4)) as amount_left,
        cast(0 as decimal(18, 4)) as amount_used,
        cast(0 as bigint) as place,
        cast(0 as bigint) as turn
    from chains
    group by
        pool_id,
        currency_code,
        chain_number,
        unit_id,
        received_date

),

-- Each turn uses what it needs of the cash it may claim, oldest first; later turns can't use this part again.
turns as (

    select * from at_the_start
    union all
    select
        ranked.pool_id,
        ranked.currency_code,
        ranked.chain_number,
        ranked.unit_id,
        ranked.received_date,
        ranked.last_place,
        cast(
            ranked.amount_left - greatest(least(ranked.on_offer, ranked.promised - ranked.taken_before), 0)
            as decimal(18, 4)
        ) as amount_left,
        cast(greatest(least(ranked.on_offer, ranked.promised - ranked.taken_before), 0) as decimal(18, 4))
            as amount_used,
        ranked.next_place as place,
        ranked.next_turn as turn
    from (
        select
            candidates.*,
            sum(candidates.on_offer) over (
                partition by candidates.pool_id, candidates.currency_code, candidates.chain_number
                order by candidates.received_date asc nulls last, candidates.unit_id asc nulls last
                rows between unbounded preceding and current row
            ) - candidates.on_offer as taken_before
        from (
            select
                turns.*,
                chain_turns.place as next_place,
                chain_turns.turn as next_turn,
                chain_turns.promised,
                case when chains.unit_id is null then 0 else turns.amount_left end as on_offer
            from turns
            inner join chain_turns
                on
                    turns.pool_id = chain_turns.pool_id
                    and turns.currency_code = chain_turns.currency_code
                    and turns.chain_number = chain_turns.chain_number
                    and turns.place + 1 = chain_turns.place
            left join chains
                on
                    turns.unit_id = chains.unit_id
                    and turns.place + 1 = chains.place
            where turns.place < turns.last_place
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
