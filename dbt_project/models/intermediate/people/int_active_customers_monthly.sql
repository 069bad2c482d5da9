{%- set window_days = var('active_account_window_days') -%}

with

invoices as (

    select * from {{ ref('int_invoices') }}
    where
        is_credit_sale
        and invoice_date <= {{ as_of_date() }}

),

months as (

    select * from {{ ref('int_months') }}

),

-- An invoice makes its customer active from its date to the end of the window, or until it is voided.
spans as (

    select
        customer_id,
        invoice_date as active_from,
        least(
            cast({{ dbt.dateadd('day', window_days, 'invoice_date') }} as date),
            coalesce(voided_date, cast({{ dbt.dateadd('day', window_days, 'invoice_date') }} as date))
        ) as inactive_from
    from invoices

),

changes as (

    select
        customer_id,
        active_from as date_day,
        1 as invoice_count
    from spans
    union all
    select
        customer_id,
        inactive_from as date_day,
        -1 as invoice_count
    from spans

),

monthly as (

    select
        customer_id,
        cast({{ dbt.last_day('date_day', 'month') }} as date) as month_end,
        sum(invoice_count) as invoice_count
    from changes
    where date_day <= {{ as_of_date() }}
    group by
        customer_id,
        cast({{ dbt.last_day('date_day', 'month') }} as date)

),

summed_up as (

    select
        customer_id,
        month_end as from_month_end,
        lead(month_end) over (partition by customer_id order by month_end asc nulls last) as next_month_end,
        sum(invoice_count) over (
            partition by customer_id order by month_end asc nulls last rows between unbounded preceding and current row
        ) as invoice_count
    from monthly

),

final as (

    select
        months.month_end,
        summed_up.customer_id
    from summed_up
    inner join months
        on
            summed_up.from_month_end <= months.month_end
            and (summed_up.next_month_end is null or summed_up.next_month_end > months.month_end)
    where summed_up.invoice_count > 0

)

select * from final
