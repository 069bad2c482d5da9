with

movements as (

    select * from {{ ref('int_movements_daily') }}

),

promises as (

    select currency_code from {{ ref('int_promises') }}

),

process_costs as (

    select currency_code from {{ ref('stg_collections__process_costs') }}

),

customers as (

    select currency_code from {{ ref('int_customers') }}

),

final as (

    select currency_code from movements
    union distinct
    select currency_code from promises
    union distinct
    select currency_code from process_costs
    union distinct
    select currency_code from customers
    where currency_code is not null

)

select * from final
