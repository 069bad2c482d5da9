-- Guards: what is open at a month's end was open at the end of the one before, or opened (again) since, and not closed.
-- Why it matters: a dispute that is opened again would be open in months in which it wasn't, or be closed in none.
-- A row is a month, company, segment and reason in which the disputes don't follow.
with

disputes as (

    select * from {{ ref('int_disputes_by_reason_monthly') }}

),

-- A month before which nothing is known.
first_month as (

    select min(month_end) as month_end from {{ ref('int_months') }}

),

-- Months in which none was open, opened or closed have no row.
followed as (

    select
        disputes.*,
        coalesce(lag(disputes.disputes_open) over (
            partition by disputes.company_id, disputes.segment, disputes.reason_code
            order by disputes.month_end asc nulls last
        ), 0) as were_open
    from disputes

)

select
    followed.month_end,
    followed.company_id,
    followed.segment,
    followed.reason_code,
    followed.were_open,
    followed.disputes_opened,
    followed.disputes_reopened,
    followed.disputes_closed,
    followed.disputes_open
from followed
inner join first_month on followed.month_end > first_month.month_end
where
    followed.were_open + followed.disputes_opened + followed.disputes_reopened - followed.disputes_closed
    <> followed.disputes_open
