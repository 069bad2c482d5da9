{{ config(materialized='replaced_view') }}

{%- set item = ['month_end', 'invoice_id', 'instalment_id', 'due_date', 'company_id', 'customer_id', 'segment',
    'currency_code'] | join(', ') -%}
{%- set year = 'cast(extract(year from spans.month_end) as integer)' -%}
{%- set is_leap = '(mod(y, 4) = 0 and (mod(y, 100) <> 0 or mod(y, 400) = 0))' | replace('y', year) -%}
{%- set first_late_day = dbt.dateadd('day', 1, 'spans.due_date') -%}
{%- set to_date = 'sum(interest) over (partition by invoice_id, instalment_id'
    ~ ' order by month_end asc nulls last, due_date asc nulls last rows between unbounded preceding and current row)' -%}
{%- set rated_days = dbt.datediff('rated_from', 'rated_to', 'day') ~ ' + 1' -%}

with

spans as (

    select * from {{ ref('arrears_spans') }}

),

rates as (

    select * from {{ ref('account_interest_rates') }}

),

-- The days of a span on which a rate holds; one that is set on the due date holds on all of them.
rated as (

    select
        spans.*,
        rates.policy_id,
        rates.annual_percent,
        rates.minimum_interest,
        case
            when rates.day_count = 'actual/360' then 360
            when rates.day_count = 'actual/actual' and {{ is_leap }} then 366
            else 365
        end as days_of_year,
        case when rates.rate_set_on = 'due_date' then spans.from_day else greatest(spans.from_day, rates.valid_from) end
            as rated_from,
        case
            when rates.rate_set_on = 'due_date' then spans.to_day
            else least(spans.to_day, coalesce(rates.valid_to, spans.to_day))
        end as rated_to
    from spans
    inner join rates
        on
            spans.company_id = rates.company_id
            and spans.customer_id = rates.customer_id
            and spans.currency_code = rates.currency_code
            and case when rates.rate_set_on = 'due_date' then {{ first_late_day }} else spans.to_day end
            >= rates.valid_from
            and case when rates.rate_set_on = 'due_date' then {{ first_late_day }} else spans.from_day end
            <= coalesce(rates.valid_to, spans.to_day)

),

-- All days of an item in a month, and those of each rate.
measured as (

    select
        {{ item }},
        days,
        principal_days,
        0 as rated_days,
        cast(0 as decimal(20, 4)) as rated_principal_days,
        cast(null as decimal(9, 6)) as annual_percent,
        cast(null as decimal(17, 16)) as daily_rate,
        cast(null as string) as policy_id,
        cast(null as decimal(18, 4)) as minimum_interest
    from spans
    union all
    select
        {{ item }},
        0 as days,
        cast(0 as decimal(20, 4)) as principal_days,
        {{ rated_days }} as rated_days,
        cast(balance * ({{ rated_days }}) as decimal(20, 4)) as rated_principal_days,
        annual_percent,
        cast(cast(annual_percent as double) / (100 * days_of_year) as decimal(17, 16)) as daily_rate,
        policy_id,
        minimum_interest
    from rated

),

summed as (

    select
        {{ item }},
        sum(days) as days_in_arrears,
        sum(days - rated_days) as days_without_rate,
        sum(principal_days) as principal_days,
        max(policy_id) as policy_id,
        max(minimum_interest) as minimum_interest,
        cast(sum(cast(rated_principal_days as decimal(22, 4)) * annual_percent) as double)
        / nullif(cast(sum(rated_principal_days) as double), 0) as annual_percent,
        cast(sum(rated_principal_days * daily_rate) as decimal(18, 4)) as interest
    from measured
    group by {{ item }}

),

final as (

    select
        {{ item }},
        cast(days_in_arrears as integer) as days_in_arrears,
        cast(days_without_rate as integer) as days_without_rate,
        cast(principal_days as decimal(20, 4)) as principal_days,
        policy_id,
        cast(annual_percent as decimal(9, 6)) as annual_percent,
        interest,
        cast({{ to_date }} as decimal(18, 4)) as interest_to_date,
        case
            when {{ to_date }} >= minimum_interest then cast({{ to_date }} as decimal(18, 4))
            when interest is not null then cast(0 as decimal(18, 4))
        end as claimable_to_date
    from summed

)

select * from final
