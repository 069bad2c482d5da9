with

promises_kept as (

    select * from {{ ref('int_promises_kept') }}

),

rates as (

    select * from {{ ref('int_exchange_rates_daily') }}

),

final as (

    select
        promises_kept.promise_id,
        promises_kept.due_date as date_day,
        promises_kept.employee_id,
        promises_kept.kept_by,
        promises_kept.received_date,
        promises_kept.applied_date,
        promises_kept.is_kept,
        {{ in_reporting_currency('promises_kept.amount') }} as promised_amount,
        {{ in_reporting_currency('promises_kept.amount_kept') }} as kept_amount,
        {{ in_reporting_currency('promises_kept.amount_paid') }} as paid_amount
    from promises_kept
    left join rates
        on
            promises_kept.due_date = rates.date_day
            and promises_kept.currency_code = rates.currency_code

)

select * from final
