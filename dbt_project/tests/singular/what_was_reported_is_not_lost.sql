-- Guards: if something was published before, the figures that were reported then are available.
-- Why it matters: without the last publication, closed months would be reported again with today's figures.
-- A row is a month that was closed when an earlier refresh published. A warning, because it appears once in a home from
-- before figures were frozen. In any other case, restore `published/duebook.duckdb` from a backup and refresh again.
-- Checked in a refresh only: dbt alone replaces no publication, so nothing can be lost. Figures reported after the
-- as-of day are not expected.
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
