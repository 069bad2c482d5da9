-- Guards: aging buckets (also which are past due and serious) and movements are the same in the seeds and in the
-- variables.
-- Why it matters: a bucket or movement that is only in the seed would drop amounts silently.
-- A row is an id that only the seed or only the project's variables have.
with

buckets as (

    select * from {{ ref('aging_buckets') }}

),

event_types as (

    select * from {{ ref('ledger_event_types') }}

),

in_seeds as (

    select bucket_id as id from buckets
    union distinct
    select 'past_due ' || bucket_id as id from buckets
    where is_past_due
    union distinct
    select 'serious ' || bucket_id as id from buckets
    where is_serious
    union distinct
    select movement as id from event_types

),

in_columns as (

    {% for id in var('aging_bucket_ids') + var('movements') -%}
        select '{{ id }}' as id
        union distinct
    {% endfor -%}
    {% for which in ['past_due', 'serious'] -%}
        {% set outer_loop = loop -%}
        {% for id in var(which ~ '_bucket_ids') -%}
            select '{{ which }} {{ id }}' as id
            {% if not (loop.last and outer_loop.last) -%}
                union distinct
            {% endif -%}
        {% endfor -%}
    {% endfor %}

)

select
    in_seeds.id as in_seeds,
    in_columns.id as in_columns
from in_seeds
full outer join in_columns on in_seeds.id = in_columns.id
where
    in_seeds.id is null
    or in_columns.id is null
