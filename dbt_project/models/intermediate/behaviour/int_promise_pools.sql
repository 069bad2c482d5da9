with recursive

promises as (

    select * from {{ ref('int_promises_matured') }}

),

cash_units as (

    select * from {{ ref('int_cash_units') }}

),

-- A claim to an invoice's cash is nobody's in particular: its promises may be of several customers.
claims as (

    select distinct
        claimed_by,
        currency_code,
        invoice_id,
        case when invoice_id is null then customer_id end as customer_id
    from promises

),

-- Invoices named in a promise and paid by a payer whose other promises name none: two claims may take that cash.
contested as (

    select distinct
        invoice_claims.claimed_by as invoice_claim,
        payer_claims.claimed_by as payer_claim,
        cash_units.currency_code
    from cash_units
    inner join claims as invoice_claims
        on
            cash_units.invoice_id = invoice_claims.invoice_id
            and cash_units.currency_code = invoice_claims.currency_code
    inner join claims as payer_claims
        on
            cash_units.customer_id = payer_claims.customer_id
            and cash_units.currency_code = payer_claims.currency_code

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

-- An invoice is in the pool of who paid it, if such a payer promised; else it has its own.
final as (

    select
        claims.claimed_by,
        claims.currency_code,
        claims.invoice_id,
        claims.customer_id,
        coalesce(min(payer_pools.pool_id), claims.claimed_by) as pool_id
    from claims
    left join contested
        on
            claims.claimed_by = contested.invoice_claim
            and claims.currency_code = contested.currency_code
    left join payer_pools
        on
            coalesce(contested.payer_claim, claims.claimed_by) = payer_pools.claimed_by
            and claims.currency_code = payer_pools.currency_code
    group by
        claims.claimed_by,
        claims.currency_code,
        claims.invoice_id,
        claims.customer_id

)

select * from final
