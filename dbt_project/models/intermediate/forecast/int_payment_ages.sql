{{ config(materialized='replaced_view') }}

with

spells as (

    select * from {{ ref('int_payment_spells') }}
    where due_date is not null

),

bins as (

    select * from {{ ref('payment_lateness_bins') }}

),

grid as (

    select
        min(first_day) as first_day,
        max(last_day) as last_day
    from bins

),

-- What is still open counts as far as the as-of day.
dated as (

    select
        *,
        {{ dbt.datediff('due_date', 'started_on', 'day') }} as started_late,
        {{ dbt.datediff('due_date', 'coalesce(ended_on, ' ~ as_of_date() ~ ')', 'day') }} as days_late,
        {{ dbt.datediff('due_date', as_of_date(), 'day') }} as days_since_due,
        {{ dbt.datediff('started_on', as_of_date(), 'day') }} as age
    from spells

),

final as (

    select
        dated.invoice_id,
        dated.due_date,
        dated.company_id,
        dated.customer_id,
        dated.currency_code,
        dated.is_credit_sale,
        dated.is_paid,
        dated.ended_on,
        dated.open_balance,
        cast(dated.days_late as integer) as days_late,
        cast(dated.days_since_due as integer) as days_since_due,
        cast(
            least(greatest(least(dated.started_late, dated.days_late), grid.first_day), grid.last_day) as integer
        ) as first_day,
        cast(least(greatest(dated.days_late, grid.first_day), grid.last_day) as integer) as last_day,
        cast(
            floor(1000 * pow(0.5, cast(dated.age as double) / {{ var('payment_half_life_days') }}) + 0.5) as integer
        ) as weight,
        cast(
            floor(1000 * pow(0.5, cast(dated.days_since_due as double) / {{ var('habit_half_life_days') }}) + 0.5)
            as bigint
        ) as habit_weight
    from dated
    cross join grid

)

select * from final
