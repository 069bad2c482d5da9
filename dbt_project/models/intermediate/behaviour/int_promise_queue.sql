with recursive

-- Matured promises: their grace is over. A promise that was cancelled after the as-of day was still in force on it. A
-- promise that names an invoice waits for cash applied to it, whoever paid; another waits for cash of its customer.
promises as (

    select
        *,
        coalesce('invoice:' || invoice_id, 'customer:' || customer_id) as claimed_by,
        cast({{ dbt.dateadd('day', var('promise_grace_days'), 'due_date') }} as date) as last_grace_date
    from {{ ref('int_promises') }}
    where
        made_date <= {{ as_of_date() }}
        and cast({{ dbt.dateadd('day', var('promise_grace_days'), 'due_date') }} as date) <= {{ as_of_date() }}
        and (cancelled_date is null or cancelled_date > {{ as_of_date() }})

),

cash_units as (

    select * from {{ ref('int_cash_units') }}

),

-- Invoices that a promise names, paid by a customer who also has a promise that names no invoice: both promises may use
-- that cash.
contested as (

    select distinct
        invoice_id,
        customer_id,
        currency_code
    from cash_units
    where
        (invoice_id, currency_code) in (
            select
                named.invoice_id,
                named.currency_code
            from promises as named
            where named.invoice_id is not null
        )
        and (customer_id, currency_code) in (
            select
                general.customer_id,
                general.currency_code
            from promises as general
            where general.invoice_id is null
        )

),

-- For each of these customers, all customers that are linked to it because they paid the same invoices. They are few.
reached as (

    select
        customer_id,
        currency_code,
        customer_id as reached_id
    from contested
    union distinct
    select
        reached.customer_id,
        reached.currency_code,
        partners.customer_id as reached_id
    from reached
    inner join contested as paid
        on
            reached.reached_id = paid.customer_id
            and reached.currency_code = paid.currency_code
    inner join contested as partners
        on
            paid.invoice_id = partners.invoice_id
            and paid.currency_code = partners.currency_code

),

-- The linked customers and their invoices have one pool, named for the customer whose id is the first of them.
pools as (

    select
        coalesce('invoice:' || contested.invoice_id, 'customer:' || contested.customer_id) as claimed_by,
        contested.currency_code,
        'customer:' || min(reached.reached_id) as pool_id
    from contested
    inner join reached
        on
            contested.customer_id = reached.customer_id
            and contested.currency_code = reached.currency_code
    group by grouping sets (
        (contested.invoice_id, contested.currency_code),
        (contested.customer_id, contested.currency_code)
    )

),

-- Within a pool, promises get cash in the order of their due dates, whoever obtained them. Other promises are in the
-- pool of the invoice they name, or of their customer.
final as (

    select
        promises.promise_id,
        promises.customer_id,
        promises.employee_id,
        promises.currency_code,
        promises.invoice_id,
        promises.made_date,
        promises.due_date,
        promises.last_grace_date,
        promises.amount,
        coalesce(pools.pool_id, promises.claimed_by) as pool_id,
        row_number() over (
            partition by coalesce(pools.pool_id, promises.claimed_by), promises.currency_code
            order by
                promises.due_date asc nulls last, promises.made_date asc nulls last, promises.promise_id asc nulls last
        ) as turn
    from promises
    left join pools
        on
            promises.claimed_by = pools.claimed_by
            and promises.currency_code = pools.currency_code

)

select * from final
