with recursive

claims as (

    select * from {{ ref('int_promise_claims') }}

),

contested as (

    select * from {{ ref('int_contested_invoices') }}

),

-- Payers who paid one named invoice together; they are few.
linked as (

    select
        payers.payer_claim as claimed_by,
        partners.payer_claim as partner,
        payers.currency_code
    from contested as payers
    inner join contested as partners
        on
            payers.invoice_claim = partners.invoice_claim
            and payers.currency_code = partners.currency_code
            and payers.payer_claim <> partners.payer_claim

),

reached as (

    select
        claimed_by,
        currency_code,
        claimed_by as reached_claim
    from claims
    where customer_id is not null
    union distinct
    select
        reached.claimed_by,
        reached.currency_code,
        linked.partner as reached_claim
    from reached
    inner join linked
        on
            reached.reached_claim = linked.claimed_by
            and reached.currency_code = linked.currency_code

),

payer_pools as (

    select
        claimed_by,
        currency_code,
        min(reached_claim) as pool_id
    from reached
    group by
        claimed_by,
        currency_code

),

final as (

    select
        claimed_by,
        currency_code,
        pool_id
    from payer_pools
    union all
    select
        claims.claimed_by,
        claims.currency_code,
        coalesce(min(payer_pools.pool_id), claims.claimed_by) as pool_id
    from claims
    left join contested
        on
            claims.claimed_by = contested.invoice_claim
            and claims.currency_code = contested.currency_code
    left join payer_pools
        on
            contested.payer_claim = payer_pools.claimed_by
            and contested.currency_code = payer_pools.currency_code
    where claims.invoice_id is not null
    group by
        claims.claimed_by,
        claims.currency_code

)

select * from final
