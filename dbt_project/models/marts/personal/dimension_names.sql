with

document_dimensions as (

    select * from {{ ref('int_document_dimensions') }}

),

declared as (

    select * from {{ ref('dim_declared_dimensions') }}
    where is_masked

),

final as (

    select distinct
        document_dimensions.dimension,
        {{ masked_value('document_dimensions') }} as value,
        document_dimensions.value as value_as_landed
    from document_dimensions
    inner join declared on document_dimensions.dimension = declared.dimension

)

select * from final
