with recursive

promises as (

    select * from {{ ref('int_promises_matured') }}

),

contested as (

    select * from {{ ref('int_contested_invoices') }}

),

named_invoices as (

    select
        invoice_id,
        currency_code
    from promises
    where invoice_id is not null
    group by
        invoice_id,
        currency_code

),

general_payers as (

    select
        customer_id,
        currency_code
    from promises
    where invoice_id is null
    group by
        customer_id,
        currency_code

),

-- Payers who paid one named invoice together; they are few.
linked as (

    select
        payers.customer_id,
        partners.customer_id as partner_id,
        payers.currency_code
    from contested as payers
    inner join contested as partners
        on
            payers.invoice_id = partners.invoice_id
            and payers.currency_code = partners.currency_code
            and payers.customer_id <> partners.customer_id

),

reached as (

    select
        customer_id,
        currency_code,
        customer_id as reached_id
    from general_payers
    union distinct
    select
        reached.customer_id,
        reached.currency_code,
        linked.partner_id as reached_id
    from reached
    inner join linked
        on
            reached.reached_id = linked.customer_id
            and reached.currency_code = linked.currency_code

),

payer_pools as (

    select
        customer_id,
        currency_code,
        min(reached_id) as pool_id
    from reached
    group by
        customer_id,
        currency_code

),

final as (

    select
        'customer:' || customer_id as claimed_by,
        currency_code,
        'customer:' || pool_id as pool_id
    from payer_pools
    union all
    select
        'invoice:' || named_invoices.invoice_id as claimed_by,
        named_invoices.currency_code,
        coalesce('customer:' || min(payer_pools.pool_id), 'invoice:' || named_invoices.invoice_id) as pool_id
    from named_invoices
    left join contested
        on
            named_invoices.invoice_id = contested.invoice_id
            and named_invoices.currency_code = contested.currency_code
    left join payer_pools
        on
            contested.customer_id = payer_pools.customer_id
            and contested.currency_code = payer_pools.currency_code
    group by
        named_invoices.invoice_id,
        named_invoices.currency_code

)

select * from final
