{{ config(materialized='view') }}

with

promises as (

    select * from {{ ref('int_promises') }}

),

-- Mature: its grace is over. One cancelled later than the as-of day still stood on it.
-- A promise that names an invoice waits for cash of that invoice, whoever paid it; another for cash of its payer.
final as (

    select
        promise_id,
        customer_id,
        employee_id,
        currency_code,
        invoice_id,
        coalesce('invoice:' || invoice_id, 'customer:' || customer_id) as claimed_by,
        made_date,
        due_date,
        cast({{ dbt.dateadd('day', var('promise_grace_days'), 'due_date') }} as date) as last_date,
        amount
    from promises
    where
        made_date <= {{ as_of_date() }}
        and cast({{ dbt.dateadd('day', var('promise_grace_days'), 'due_date') }} as date) <= {{ as_of_date() }}
        and (cancelled_date is null or cancelled_date > {{ as_of_date() }})

)

select * from final
