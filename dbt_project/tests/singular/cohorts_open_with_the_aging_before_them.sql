-- Guards: roll rates start from the aging of the month end before, bucket by bucket.
-- Why it matters: a cohort that differs from the reported aging would roll a balance that nobody has seen.
-- A row is a month, scope and bucket in which they differ by more than the marts' rounding.
with

roll_rates as (

    select * from {{ ref('roll_rates_monthly') }}

),

delinquency as (

    select * from {{ ref('delinquency_monthly') }}
    where level in ('portfolio', 'company')

),

months as (

    select * from {{ ref('int_months') }}

),

cohorts as (

    select
        roll_rates.month_end,
        months.month_number,
        roll_rates.scope,
        roll_rates.from_bucket,
        max(roll_rates.balance_from) as balance_from
    from roll_rates
    inner join months on roll_rates.month_end = months.month_end
    group by
        roll_rates.month_end,
        months.month_number,
        roll_rates.scope,
        roll_rates.from_bucket

),

aged as (

    select
        months.month_number + 1 as next_month_number,
        delinquency.*
    from delinquency
    inner join months on delinquency.month_end = months.month_end

)

select
    cohorts.month_end,
    cohorts.scope,
    cohorts.from_bucket,
    cohorts.balance_from
from cohorts
left join aged
    on
        cohorts.month_number = aged.next_month_number
        and cohorts.scope = aged.scope
where
    aged.scope is null
    or abs(
        cohorts.balance_from - case cohorts.from_bucket
            {%- for bucket in var('aging_bucket_ids') %}
                when '{{ bucket }}' then aged.aging_{{ bucket }}
            {%- endfor %}
        end
    ) > 0.0001
