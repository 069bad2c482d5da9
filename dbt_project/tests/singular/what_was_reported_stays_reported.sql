-- Guards: every figure that was reported is still there as it was reported.
-- Why it would hurt: history would change silently, which is what freezing is for.
-- A row is a figure of the publication before that is gone, or is another one now.
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
