{#- Kept while a build that failed is repeated: what its first try made of a customer has to be made again. -#}
{{ config(materialized='incremental', pre_hook="{{ forget('not ' ~ is_of_this_build('changed_in')) }}") }}

with

aging_increments as (

    select * from {{ ref('int_customer_aging_increments') }}
    where {{ is_of_this_build('changed_in') }}

),

count_increments as (

    select * from {{ ref('int_count_increments') }}
    where {{ is_of_this_build('changed_in') }}

),

moved as (

    select customer_id from aging_increments
    union distinct
    select customer_id from count_increments

),

final as (

    select
        customer_id,
        '{{ this_build() }}' as changed_in
    from moved
    {% if increments() -%}
        where customer_id not in (select there.customer_id from {{ this }} as there)
    {%- endif %}

)

select * from final
