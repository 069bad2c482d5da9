{%- set curves = [
    ('of_everyone', 'int_payment_curve_of_everyone', "'everyone'"),
    ('of_groups', 'int_payment_group_curves', 'habit_group'),
    ('of_customers', 'int_payment_curves', 'customer_id'),
] -%}

with

bins as (

    select * from {{ ref('payment_lateness_bins') }}

),

habits as (

    select * from {{ ref('int_payment_habits') }}

),

{% for curve_of, model, curve in curves -%}
    {{ curve_of }} as (

        select
            {{ curve }} as curve,
            bin,
            hazard,
            log_survival
        from {{ ref(model) }}

    ),

{% endfor -%}

-- The day late by which half is paid: in the bin in which the share unpaid falls to half or less.
{% for curve_of, model, curve in curves -%}
    median_{{ curve_of }} as (

        select
            {{ curve_of }}.curve,
            bins.first_day - 1 + cast(
                ceil((ln(0.5) - {{ curve_of }}.log_survival) / ln(1 - {{ curve_of }}.hazard) - 0.000000001) as integer
            ) as days_late
        from {{ curve_of }}
        inner join bins on {{ curve_of }}.bin = bins.bin
        where
            {{ curve_of }}.log_survival > ln(0.5)
            and {{ curve_of }}.log_survival + (bins.last_day + 1 - bins.first_day) * ln(1 - {{ curve_of }}.hazard)
            <= ln(0.5)

    ),

{% endfor -%}

final as (

    select
        habits.customer_id,
        cast(median_of_everyone.days_late as integer) as days_late_of_everyone,
        cast(median_of_groups.days_late as integer) as days_late_of_group,
        cast(median_of_customers.days_late as integer) as days_late_of_customer
    from habits
    left join median_of_everyone on median_of_everyone.curve = 'everyone'
    left join median_of_groups on habits.habit_group = median_of_groups.curve
    left join median_of_customers on habits.customer_id = median_of_customers.curve

)

select * from final
