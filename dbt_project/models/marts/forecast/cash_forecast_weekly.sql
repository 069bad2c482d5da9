{%- set scope -%}
    levels.level || coalesce(':' || coalesce(levels.company_id, levels.segment, levels.currency_code), '')
{%- endset -%}
{%- set weeks_before -%} cast({{ dbt.dateadd('day', -91, as_of_date()) }} as date) {%- endset -%}

with

cash as (

    select * from {{ ref('int_cash_by_week') }}

),

reporting as (

    select currency_code as reporting_currency_code from {{ ref('int_reporting_currency') }}

),

scales as (

    select * from {{ ref('int_cash_interval_scales') }}

),

payments as (

    select count(case when has_history then customer_id end) > 0 as has_payments
    from {{ ref('int_payment_habits') }}

),

billings as (

    select min(date_day) <= {{ weeks_before }} as has_billings
    from {{ ref('int_dates') }}
    where is_in_history

),

-- Of everything, of companies and of segments in the reporting currency, and of each currency in itself.
levels as (

    select
        week,
        case
            when grouping(company_id) = 0 then 'company'
            when grouping(segment) = 0 then 'segment'
            when grouping(currency_code) = 0 then 'currency'
            else 'portfolio'
        end as level,
        company_id,
        segment,
        currency_code,
        {% for amount in ['from_open_items', 'variance', 'without_forecast', 'baseline', 'from_billings'] -%}
            case when grouping(currency_code) = 0 then sum({{ amount }}) else sum({{ amount }}_reporting) end
                as {{ amount }}{% if not loop.last %},{% endif %}
        {% endfor -%}
    from cash
    group by grouping sets ((week), (week, company_id), (week, segment), (week, currency_code))

),

measured as (

    select
        levels.*,
        reporting.reporting_currency_code,
        payments.has_payments,
        billings.has_billings,
        {{ scope }} as scope,
        coalesce(scales.interval_scale, 1) as interval_scale,
        case when scales.scope is null then 'independent_items' else 'frozen_forecasts' end as interval_basis,
        sqrt(cast(levels.variance as double)) as deviation
    from levels
    cross join reporting
    cross join payments
    cross join billings
    left join scales on {{ scope }} = scales.scope

),

-- Four of five weeks are within 1.2816 standard deviations.
final as (

    select
        {{ as_of_date() }} as as_of_date,
        week,
        cast({{ dbt.dateadd('day', '7 * week - 6', as_of_date()) }} as date) as first_date,
        cast({{ dbt.dateadd('day', '7 * week', as_of_date()) }} as date) as last_date,
        level,
        scope,
        company_id,
        segment,
        coalesce(currency_code, reporting_currency_code) as currency_code,
        cast(case when has_payments then from_open_items end as decimal(18, 4)) as from_open_items,
        cast(case when has_payments and has_billings then from_billings end as decimal(18, 4)) as from_billings_to_come,
        {% for name, sign in [('p10', '-'), ('p90', '+')] -%}
            cast(
                case
                    when has_payments
                        then greatest(cast(from_open_items as double) {{ sign }} 1.2816 * interval_scale * deviation, 0)
                end as decimal(18, 4)
            ) as {{ name }},
        {% endfor -%}
        cast(interval_scale as double) as interval_scale,
        case when has_payments then interval_basis end as interval_basis,
        cast(case when has_payments then baseline end as decimal(18, 4)) as baseline_from_open_items,
        cast(without_forecast as decimal(18, 4)) as without_forecast,
        case
            when not has_payments then 'landing_too_young'
            when not has_billings then 'short_billing_history'
        end as reason
    from measured

)

select * from final
