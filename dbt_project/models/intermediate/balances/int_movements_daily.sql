{{ config(materialized='replaced_view') }}

with

increments as (

    select * from {{ ref('int_movement_increments') }}

),

-- A day without events, for example because all were corrected away, has no row.
final as (

    select
        date_day,
        company_id,
        segment,
        currency_code,
        {% for movement in var('movements') -%}
            cast(sum({{ movement }}) as decimal(18, 4)) as {{ movement }},
        {% endfor -%}
        cast(sum(net_credit_sales) as decimal(18, 4)) as net_credit_sales,
        cast(sum(taken_over) as decimal(18, 4)) as taken_over,
        cast(sum(balance_change) as decimal(18, 4)) as balance_change,
        cast(sum(open_invoices_change) as decimal(18, 4)) as open_invoices_change
    from increments
    group by
        date_day,
        company_id,
        segment,
        currency_code
    having sum(event_count) > 0

)

select * from final
