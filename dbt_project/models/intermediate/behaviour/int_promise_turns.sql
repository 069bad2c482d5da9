with recursive

chains as (

    select * from {{ ref('int_promise_chains') }}

),

chain_turns as (

    select distinct
        pool_id,
        currency_code,
        chain_number,
        turn_in_chain,
        turn,
        amount_promised
    from chains

),

-- The cash of each chain before its first turn, with the last turn that may use it.
at_the_start as (

    select
        pool_id,
        currency_code,
        chain_number,
        unit_id,
        received_date,
        max(turn_in_chain) as last_turn_in_chain,
        cast(max(unit_amount) as decimal(18, 4)) as amount_left,
        cast(0 as decimal(18, 4)) as amount_used,
        cast(0 as bigint) as turn_in_chain,
        cast(0 as bigint) as turn
    from chains
    group by
        pool_id,
        currency_code,
        chain_number,
        unit_id,
        received_date

),

-- Each turn uses as much of the cash it may use as it needs, oldest first; later turns can use only the rest.
turns as (

    select * from at_the_start
    union all
    select
        ranked.pool_id,
        ranked.currency_code,
        ranked.chain_number,
        ranked.unit_id,
        ranked.received_date,
        ranked.last_turn_in_chain,
        cast(
            ranked.amount_left - greatest(least(ranked.on_offer, ranked.amount_promised - ranked.taken_before), 0)
            as decimal(18, 4)
        ) as amount_left,
        cast(greatest(least(ranked.on_offer, ranked.amount_promised - ranked.taken_before), 0) as decimal(18, 4))
            as amount_used,
        ranked.next_turn_in_chain as turn_in_chain,
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
                chain_turns.turn_in_chain as next_turn_in_chain,
                chain_turns.turn as next_turn,
                chain_turns.amount_promised,
                case when chains.unit_id is null then 0 else turns.amount_left end as on_offer
            from turns
            inner join chain_turns
                on
                    turns.pool_id = chain_turns.pool_id
                    and turns.currency_code = chain_turns.currency_code
                    and turns.chain_number = chain_turns.chain_number
                    and turns.turn_in_chain + 1 = chain_turns.turn_in_chain
            left join chains
                on
                    turns.unit_id = chains.unit_id
                    and turns.turn_in_chain + 1 = chains.turn_in_chain
            where turns.turn_in_chain < turns.last_turn_in_chain
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
