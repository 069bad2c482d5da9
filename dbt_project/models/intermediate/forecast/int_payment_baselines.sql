with

ages as (

    select * from {{ ref('int_payment_ages') }}
    where
        is_credit_sale
        and is_paid

),

customers as (

    select * from {{ ref('int_customers') }}

),

{% for baseline_of, customer in [('of_everyone', none), ('of_customers', 'customer_id')] -%}
    {{ baseline_of }} as (

        select
            {% if customer %}{{ customer }},{% endif %}
            count(*) as invoices,
            percentile_cont(0.5) within group (order by days_late asc nulls last) as days_late,
            cast(sum(case when days_late > 0 then 1 else 0 end) as double) / nullif(count(*), 0) as p_late_0,
            cast(sum(case when days_late > 30 then 1 else 0 end) as double) / nullif(count(*), 0) as p_late_30
        from ages
        {% if customer %}group by {{ customer }}{% endif %}

    ),

{% endfor -%}

known as (

    select * from of_customers
    where invoices >= 3

),

-- Whoever has paid fewer than three invoices pays as everyone does.
final as (

    select
        customers.customer_id,
        cast(coalesce(known.days_late, of_everyone.days_late) as decimal(9, 1)) as days_late,
        cast(coalesce(known.p_late_0, of_everyone.p_late_0) as decimal(9, 6)) as p_late_0,
        cast(coalesce(known.p_late_30, of_everyone.p_late_30) as decimal(9, 6)) as p_late_30
    from customers
    cross join of_everyone
    left join known on customers.customer_id = known.customer_id

)

select * from final
