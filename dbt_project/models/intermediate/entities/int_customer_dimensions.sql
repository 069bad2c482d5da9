with

declared as (

    select * from {{ ref('dimensions') }}
    where source_table = 'customers'

),

customers as (

    select * from {{ source('ar', 'customers') }}
    where
        not coalesce(is_deleted, false)
        and cast(coalesce(recorded_at, loaded_at) as date) <= {{ known_as_of_date() }}

),

landed as (

    select
        customers.customer_id,
        declared.dimension,
        {{ landed_text('declared.source_column', [
            'segment', 'industry', 'country_code', 'region', 'currency_code', 'risk_class', 'timezones',
        ]) }} as value,
        coalesce(customers.updated_at, customers.recorded_at, customers.loaded_at) as changed_at,
        cast(coalesce(customers.updated_at, customers.recorded_at, customers.loaded_at) as date) as changed_on,
        customers.source_file_number,
        customers.source_row
    from customers
    cross join declared

),

versions as (

    select
        *,
        row_number() over (
            partition by customer_id, dimension, changed_on
            order by changed_at desc nulls last, source_file_number desc nulls last, source_row desc nulls last
        ) as rank_of_day,
        row_number() over (
            partition by customer_id, dimension
            order by source_file_number asc nulls last, source_row asc nulls last
        ) as landing_rank
    from landed

),

-- Before the first version, the value that landed first holds.
dated as (

    select
        customer_id,
        dimension,
        value,
        changed_on as valid_from
    from versions
    where rank_of_day = 1
    union all
    select
        customer_id,
        dimension,
        value,
        cast('0001-01-01' as date) as valid_from
    from versions
    where landing_rank = 1

),

final as (

    select
        customer_id,
        dimension,
        value,
        valid_from,
        lead(valid_from) over (partition by customer_id, dimension order by valid_from asc nulls last) as valid_until
    from dated

)

select * from final
