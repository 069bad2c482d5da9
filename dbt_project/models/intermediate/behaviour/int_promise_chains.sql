with

queued as (

    select * from {{ ref('int_promise_queue') }}
    where {{ this_run(ref('int_pools_this_run'), ['pool_id', 'currency_code']) }}

),

cash_units as (

    select * from {{ ref('int_cash_units') }}

),

-- A promise that names an invoice uses cash applied to that invoice; another promise uses any cash of its customer. The
-- day on which cash was received decides whether it was in time. Promises that may use the same cash are in one pool
-- (int_promise_queue).
claimed as (

    {% for claimed_by in ['invoice_id', 'customer_id'] -%}
        select
            queued.pool_id,
            queued.currency_code,
            queued.turn,
            queued.amount as amount_promised,
            cash_units.unit_id,
            cash_units.received_date,
            cash_units.amount as unit_amount
        from queued
        inner join cash_units
            on
                queued.{{ claimed_by }} = cash_units.{{ claimed_by }}
                and queued.currency_code = cash_units.currency_code
                and cash_units.received_date between queued.made_date and queued.last_grace_date
        {% if not loop.last -%}
            union all
        {% else -%}
            where queued.invoice_id is null
        {% endif -%}
    {% endfor %}

),

spans as (

    select
        pool_id,
        currency_code,
        unit_id,
        min(turn) as first_turn,
        max(turn) as last_turn
    from claimed
    group by
        pool_id,
        currency_code,
        unit_id

),

-- A new chain begins with cash whose first turn comes after the last turn of all earlier cash, so that two chains have
-- no cash in common.
followed as (

    select
        *,
        coalesce(
            max(last_turn) over (
                partition by pool_id, currency_code
                order by first_turn asc nulls last, unit_id asc nulls last
                rows between unbounded preceding and 1 preceding
            ) < first_turn, true
        ) as is_first
    from spans

),

numbered as (

    select
        *,
        sum(case when is_first then 1 else 0 end) over (
            partition by pool_id, currency_code
            order by first_turn asc nulls last, unit_id asc nulls last
            rows between unbounded preceding and current row
        ) as chain_number
    from followed

),

final as (

    select
        claimed.pool_id,
        claimed.currency_code,
        cast(numbered.chain_number as bigint) as chain_number,
        dense_rank() over (
            partition by claimed.pool_id, claimed.currency_code, numbered.chain_number
            order by claimed.turn asc nulls last
        ) as turn_in_chain,
        claimed.turn,
        claimed.amount_promised,
        claimed.unit_id,
        claimed.received_date,
        claimed.unit_amount
    from claimed
    inner join numbered
        on
            claimed.unit_id = numbered.unit_id
            and claimed.pool_id = numbered.pool_id
            and claimed.currency_code = numbered.currency_code

)

select * from final
