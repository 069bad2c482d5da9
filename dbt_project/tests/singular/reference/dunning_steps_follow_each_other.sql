-- Guards: dunning steps are numbered from 1 without a gap, and none is taken at fewer days past due than the one before
-- it.
-- Why it matters: who is at a level that is missing would never get to the next.
-- A row is a step with another number than its place, or with fewer days than the step before.
with

steps as (

    select * from {{ ref('dunning_steps') }}

),

placed as (

    select
        *,
        row_number() over (order by level asc nulls last) as place,
        lag(days_past_due) over (order by level asc nulls last) as days_past_due_before
    from steps

)

select * from placed
where
    level <> place
    or days_past_due < days_past_due_before
