-- Guards: every reported figure is still there, unchanged.
-- Why it matters: history would change silently, and figures are frozen to prevent this.
-- A row is a figure of the last publication that is missing or different now.
with

published as (

    select * from {{ ref('int_published_kpis') }}

),

reported as (

    select * from {{ ref('reported_kpis_monthly') }}

)

select
    published.month_end,
    published.scope,
    published.kpi_id,
    published.value as published_value,
    reported.value as reported_value
from published
left join reported
    on
        published.month_end = reported.month_end
        and published.scope = reported.scope
        and published.kpi_id = reported.kpi_id
where
    reported.frozen_at is distinct from published.frozen_at
    or reported.value is distinct from published.value
    or reported.numerator is distinct from published.numerator
    or reported.denominator is distinct from published.denominator
