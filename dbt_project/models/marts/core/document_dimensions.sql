with

document_dimensions as (

    select * from {{ ref('int_document_dimensions') }}

),

declared as (

    select * from {{ ref('dim_declared_dimensions') }}

),

final as (

    select
        document_dimensions.item_type,
        document_dimensions.item_id,
        document_dimensions.dimension,
        case
            when declared.is_masked then {{ masked_value('document_dimensions') }}
            else document_dimensions.value
        end as value
    from document_dimensions
    inner join declared on document_dimensions.dimension = declared.dimension

)

select * from final
