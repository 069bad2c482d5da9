-- Guards: of one reference rate, one value holds on a day.
-- Why it matters: a day with two would bear interest twice.
-- A row is a value of interest_rates that begins while the one before still holds.
with

rates as (

    select * from {{ ref('interest_rates') }}

),

followed as (

    select
        rate_id,
        lag(valid_from) over (partition by rate_id order by valid_from asc nulls last) as valid_from_before,
        lag(valid_to) over (partition by rate_id order by valid_from asc nulls last) as valid_to_before,
        valid_from,
        valid_to,
        annual_percent
    from rates

)

select * from followed
where
    valid_from_before is not null
    and coalesce(valid_to_before, valid_from) >= valid_from
