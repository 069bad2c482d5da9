with

promises as (

    select * from {{ ref('int_promises') }}

),

rates as (

    select * from {{ ref('int_exchange_rates_daily') }}
    where date_day = {{ as_of_date() }}

),

-- Open promises: made, not cancelled, and within their grace; later they are kept or broken (int_promises_kept).
final as (

    select
        promises.promise_id,
        promises.customer_id,
        promises.invoice_id,
        promises.due_date,
        {{ in_reporting_currency('promises.amount') }} as amount_reporting
    from promises
    left join rates on promises.currency_code = rates.currency_code
    where
        promises.made_date <= {{ as_of_date() }}
        and cast({{ dbt.dateadd('day', var('promise_grace_days'), 'promises.due_date') }} as date) > {{ as_of_date() }}
        and (promises.cancelled_date is null or promises.cancelled_date > {{ as_of_date() }})

)

select * from final
