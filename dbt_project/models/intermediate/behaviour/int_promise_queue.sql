with

promises as (

    select * from {{ ref('stg_collections__promises') }}
    where
        cast({{ dbt.dateadd('day', var('promise_grace_days'), 'due_date') }} as date) <= {{ as_of_date() }}
        and (cancelled_date is null or cancelled_date > {{ as_of_date() }})

),

-- Promises of a payer have their turn by due date; one cancelled later than the as-of day still stood on it.
final as (

    select
        promise_id,
        customer_id,
        currency_code,
        invoice_id,
        made_date,
        due_date,
        cast({{ dbt.dateadd('day', var('promise_grace_days'), 'due_date') }} as date) as last_date,
        amount,
        row_number() over (
            partition by customer_id, currency_code
            order by due_date asc nulls last, made_date asc nulls last, promise_id asc nulls last
        ) as turn
    from promises

)

select * from final
