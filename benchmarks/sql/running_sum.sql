-- Duebook's way, last step: the aging of every day is the running sum of the changes (int_aging_increments).
-- Makes `aged`: date_day, company_id, segment, currency_code and a column a bucket, for every day and group.
create table aged as
with changes as (
    select date_day, company_id, segment, currency_code, sum(columns('aging_.*'))
    from duebook.intermediate.int_aging_increments
    group by all
),

groups as (
    select distinct company_id, segment, currency_code from changes
)

select
    spine.date_day, groups.company_id, groups.segment, groups.currency_code,
    {sums}
from spine
cross join groups
left join changes
    on
        spine.date_day = changes.date_day and groups.company_id = changes.company_id
        and groups.segment = changes.segment and groups.currency_code = changes.currency_code
window to_date as (
    partition by groups.company_id, groups.segment, groups.currency_code order by spine.date_day
    rows between unbounded preceding and current row
);
