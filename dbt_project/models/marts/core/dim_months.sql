{{ config(materialized='replaced_view') }}

with

dates as (

    select * from {{ ref('dim_dates') }}

),

buckets as (

    select * from {{ ref('dim_aging_buckets') }}

),

serious as (

    select min(first_day) as first_day from buckets
    where is_serious

),

months as (

    select
        month_start,
        month_end,
        max(date_day) as balance_date
    from dates
    where is_in_history
    group by
        month_start,
        month_end

),

final as (

    select
        months.month_end,
        months.month_start,
        months.balance_date,
        cast({{ dbt.dateadd('day', -1, 'months.month_start') }} as date) as before_month,
        cast({{ dbt.dateadd('day', -1, dbt.dateadd('month', -2, 'months.month_start')) }} as date) as before_3m,
        cast({{ dbt.dateadd('day', -1, dbt.dateadd('month', -11, 'months.month_start')) }} as date) as before_12m,
        cast({{ dbt.dateadd('day', '-serious.first_day', 'months.balance_date') }} as date) as last_serious_due_date
    from months
    cross join serious

)

select * from final
