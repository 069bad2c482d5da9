{{ config(materialized='replaced_view') }}

with

spells as (

    select * from {{ ref('int_payment_spells') }}
    where open_balance <> 0

),

customers as (

    select * from {{ ref('int_customers') }}

),

rates as (

    select * from {{ ref('int_exchange_rates_daily') }}
    where date_day = {{ as_of_date() }}

),

disputed as (

    select invoice_id from {{ ref('int_disputes') }}
    where closed_date is null
    group by invoice_id

),

final as (

    select
        spells.invoice_id,
        spells.part,
        spells.company_id,
        spells.customer_id,
        customers.segment,
        spells.currency_code,
        spells.due_date,
        cast({{ dbt.datediff('spells.due_date', as_of_date(), 'day') }} as integer) as days_since_due,
        cast(spells.open_balance as decimal(18, 4)) as open_balance,
        cast({{ in_reporting_currency('cast(spells.open_balance as decimal(18, 4))') }} as decimal(18, 4))
            as open_balance_reporting,
        disputed.invoice_id is not null as is_disputed
    from spells
    inner join customers on spells.customer_id = customers.customer_id
    left join rates on spells.currency_code = rates.currency_code
    left join disputed on spells.invoice_id = disputed.invoice_id

)

select * from final
