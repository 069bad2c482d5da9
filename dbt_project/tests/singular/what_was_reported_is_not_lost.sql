-- Guards: where something was published before, what was reported then is at hand.
-- Why it would hurt: without the last publication, closed months would be reported again with today's figures.
-- A row is a month that was closed when an earlier refresh published. A warning: a home from before figures were frozen
-- begins that way once. Else put `published/duebook.duckdb` back from a backup and refresh again.
-- Asked of a refresh only: dbt alone replaces no publication, and nothing can be lost by it. What was reported after
-- the as-of day isn't missed on it.
{{ config(severity='warn') }}

with

refreshes as (

    select max(as_of_date) as last_published
    from {{ ref('refresh_log') }}
    where
        status = 'published'
        and known_as_of is null
        and as_of_date <= {{ as_of_date() }}

),

published as (

    select count(*) as published_rows from {{ ref('int_published_kpis') }}

),

reported as (

    select distinct month_end from {{ ref('reported_kpis_monthly') }}

)

select reported.month_end
from reported
cross join refreshes
cross join published
where
    {{ 'published.published_rows = 0' if replaces_a_publication() else '1 = 0' }}
    and cast({{ dbt.dateadd('day', var('close_lag_days'), 'reported.month_end') }} as date) <= refreshes.last_published
