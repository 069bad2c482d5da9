{%- set needed = var('invoices_a_habit_needs') -%}

with

payments as (

    select
        customer_id,
        {{ dbt.datediff('due_date', 'ended_on', 'day') }} as days_late,
        {{ dbt.datediff('ended_on', as_of_date(), 'day') }} < 90 as is_recent
    from {{ ref('int_payment_spells') }}
    where
        is_paid
        and due_date is not null
        and ended_on > cast({{ dbt.dateadd('day', -455, as_of_date()) }} as date)

),

counted as (

    select
        customer_id,
        sum(case when is_recent then 1 else 0 end) as recent_invoices,
        sum(case when is_recent then days_late else 0 end) as recent_days_late,
        sum(case when is_recent then 0 else 1 end) as past_invoices,
        sum(case when is_recent then 0 else days_late end) as past_days_late,
        sum(case when is_recent then 0 else days_late * days_late end) as past_squares
    from payments
    group by customer_id

),

-- The spread is the standard deviation of one invoice. Sums are of whole days: no order of rows changes them.
final as (

    select
        customer_id,
        recent_invoices,
        past_invoices,
        cast(recent_days_late as double) / recent_invoices - cast(past_days_late as double) / past_invoices
            as days_later,
        sqrt(
            cast(past_invoices * past_squares - past_days_late * past_days_late as double)
            / (past_invoices * (past_invoices - 1))
        ) as spread
    from counted
    where
        recent_invoices >= {{ needed }}
        and past_invoices >= {{ needed }}

)

select * from final
