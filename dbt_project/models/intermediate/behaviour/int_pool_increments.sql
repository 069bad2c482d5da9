{{ config(materialized='incremental', incremental_strategy='add_up') }}

with

queued as (

    select * from {{ ref('int_promise_queue') }}

),

-- Everything that decides which cash a promise may use, and in which order.
fingerprints as (

    select
        pool_id,
        currency_code,
        {{ fingerprint([
            'promise_id', 'customer_id', 'employee_id', 'invoice_id', 'made_date', 'due_date', 'last_grace_date',
            'amount',
        ]) }} as fingerprint
    from queued
    {% if increments() -%}
        union all
        select
            pool_id,
            currency_code,
            -fingerprint as fingerprint
        from {{ this }}
        where not {{ is_of_this_run('changed_in') }}
    {%- endif %}

),

-- A pool without promises left has changed, too.
final as (

    select
        pool_id,
        currency_code,
        cast(sum(fingerprint) as decimal(38, 0)) as fingerprint,
        '{{ this_run_id() }}' as changed_in
    from fingerprints
    group by
        pool_id,
        currency_code
    having sum(fingerprint) <> 0

)

select * from final
