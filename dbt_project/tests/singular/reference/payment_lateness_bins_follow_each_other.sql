-- Guards: each bin of days late begins where the one before it ends, and each is numbered in that order.
-- Why it would hurt: a day in no bin has no payments, and one in two has them twice.
-- A row is a bin that doesn't follow.
with

bins as (

    select * from {{ ref('payment_lateness_bins') }}

),

followed as (

    select
        *,
        row_number() over (order by first_day asc nulls last) as place,
        lag(last_day) over (order by first_day asc nulls last) as last_day_before
    from bins

)

select * from followed
where
    bin <> place
    or first_day <> last_day_before + 1
