{{
    config(
        materialized='incremental',
        pre_hook="{{ forget(is_of_this_build('changed_in')) }}"
    )
}}

with

fingerprints as (

    select * from {{ ref('int_debt_fingerprints') }}

),

compared as (

    select
        customer_id,
        debt_id,
        fingerprint
    from fingerprints
    {% if increments() -%}
        union all
        select
            customer_id,
            debt_id,
            -fingerprint as fingerprint
        from {{ this }}
    {%- endif %}

),

-- A debt of whose contacts nothing is left has changed too.
final as (

    select
        customer_id,
        debt_id,
        cast(sum(fingerprint) as decimal(38, 0)) as fingerprint,
        '{{ this_build() }}' as changed_in
    from compared
    group by
        customer_id,
        debt_id
    having sum(fingerprint) <> 0

)

select * from final
