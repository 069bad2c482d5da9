{{ config(materialized='replaced_view') }}

with

rates as (

    select * from {{ ref('int_loss_rates') }}

),

factors as (

    select * from {{ ref('forward_looking_factors') }}

),

landed_tables as (

    select * from {{ ref('int_landed_tables') }}

),

standing as (

    select
        month_end,
        company_id,
        segment,
        bucket_at_end,
        sum(gross) as gross,
        sum(specific_gross) as specific_gross,
        sum(specific_allowance) as specific_allowance,
        sum(lost) as lost,
        sum(recovered) as recovered
    from {{ ref('int_loss_cohorts') }}
    group by
        month_end,
        company_id,
        segment,
        bucket_at_end

),

-- Of the factors in force, the one that says most about whose it is. Losses are unknown where no adjustments landed.
adjusted as (

    select
        rates.month_end,
        rates.company_id,
        rates.segment,
        rates.bucket_id,
        rates.cohorts,
        case when landed_tables.has_adjustments then rates.historical_loss_rate end as historical_loss_rate,
        coalesce(factors.factor, 1) as forward_looking_factor,
        factors.reason as forward_looking_reason,
        row_number() over (
            partition by rates.month_end, rates.company_id, rates.segment, rates.bucket_id
            order by
                case when factors.company_id is null then 0 else 1 end desc nulls last,
                case when factors.segment is null then 0 else 1 end desc nulls last,
                factors.valid_from desc nulls last
        ) as place
    from rates
    cross join landed_tables
    left join factors
        on
            rates.month_end >= factors.valid_from
            and rates.company_id = coalesce(factors.company_id, rates.company_id)
            and rates.segment = coalesce(factors.segment, rates.segment)

),

joined as (

    select
        adjusted.*,
        case
            when adjusted.historical_loss_rate is not null
                then cast(least(adjusted.historical_loss_rate * adjusted.forward_looking_factor, 1) as decimal(9, 8))
        end as loss_rate,
        {% for amount in ['gross', 'specific_gross', 'specific_allowance', 'lost', 'recovered'] -%}
            cast(coalesce(standing.{{ amount }}, 0) as decimal(18, 4)) as {{ amount }}
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from adjusted
    left join standing
        on
            adjusted.month_end = standing.month_end
            and adjusted.company_id = standing.company_id
            and adjusted.segment = standing.segment
            and adjusted.bucket_id = standing.bucket_at_end
    where adjusted.place = 1

),

-- What is not assessed customer by customer is assessed by its bucket's rate.
final as (

    select
        *,
        case
            when gross <= specific_gross then specific_allowance
            -- More digits than money has, as in each product of money and a share: DuckDB keeps to 18 otherwise.
            else
                cast(
                    specific_allowance + cast(gross - specific_gross as decimal(28, 4)) * loss_rate as decimal(18, 4)
                )
        end as allowance
    from joined

)

select * from final
