with

tolerances as (

    select * from {{ ref('debt_tolerances') }}

),

final as (

    select
        currency_code,
        tolerance
    from tolerances

)

select * from final
