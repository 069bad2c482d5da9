with

declared as (

    select * from {{ ref('dimensions') }}

),

final as (

    select
        dimension,
        label,
        publish = 'masked' as is_masked
    from declared
    group by dimension, label, publish

)

select * from final
