{{ config(materialized='replaced_view') }}

with

fingerprints as (

    select * from {{ ref('int_debt_fingerprints') }}
    where {{ is_of_this_run('changed_in') }}

),

final as (

    select
        customer_id,
        debt_id
    from fingerprints
    group by
        customer_id,
        debt_id

)

select * from final
