with

customers as (

    select * from {{ source('ar', 'customers') }}
    {% if given('known_as_of') -%}
        where cast(coalesce(recorded_at, loaded_at) as date) <= {{ known_as_of_date() }}
    {%- endif %}

),

-- In any version: a source that has once set the flag knows who is a person.
final as (

    select count(is_consumer) > 0 as has_consumer_flag
    from customers

)

select * from final
