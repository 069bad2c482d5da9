with

policies as (

    select * from {{ ref('interest_policies') }}

),

reference_rates as (

    select * from {{ ref('interest_rates') }}

),

-- A policy without a reference rate has one rate for all days.
rates as (

    select
        rate_id,
        valid_from,
        valid_to,
        annual_percent
    from reference_rates
    union all
    select
        cast(null as string) as rate_id,
        cast('1900-01-01' as date) as valid_from,
        cast(null as date) as valid_to,
        0 as annual_percent

),

final as (

    select
        policies.policy_id,
        rates.valid_from,
        rates.valid_to,
        cast(rates.annual_percent + policies.points as decimal(9, 6)) as annual_percent,
        policies.company_id,
        policies.customer_id,
        policies.country_code,
        policies.is_consumer,
        policies.currency_code,
        cast(
            case when policies.customer_id is not null then 16 else 0 end
            + case when policies.company_id is not null then 8 else 0 end
            + case when policies.country_code is not null then 4 else 0 end
            + case when policies.is_consumer is not null then 2 else 0 end
            + case when policies.currency_code is not null then 1 else 0 end as integer
        ) as precedence,
        policies.rate_id,
        policies.rate_set_on,
        policies.day_count,
        policies.minimum_interest,
        policies.source
    from policies
    inner join rates on coalesce(policies.rate_id, '') = coalesce(rates.rate_id, '')

)

select * from final
