with

parts as (

    select * from {{ ref('int_open_parts') }}

),

dates as (

    select * from {{ ref('int_payment_dates') }}

),

baselines as (

    select * from {{ ref('int_payment_baselines') }}

),

billings as (

    select * from {{ ref('int_billings_to_come') }}

),

forecast as (

    select
        parts.*,
        ceil(greatest(cast(baselines.days_late as double) - parts.days_since_due, 1) / 7) as baseline_week,
        {% for days in range(7, 92, 7) -%}
            1 - dates.p_unpaid_{{ days }}d as paid_{{ days }}d,
        {% endfor -%}
        cast(0 as decimal(9, 6)) as paid_0d
    from parts
    inner join baselines on parts.customer_id = baselines.customer_id
    left join dates
        on
            parts.invoice_id = dates.invoice_id
            and parts.due_date = dates.due_date

),

-- The shares of an open item paid until a week begins, and until it ends; null if it has no forecast.
paid as (

    {% for week in range(1, 14) -%}
        select
            forecast.*,
            {{ week }} as week,
            paid_{{ 7 * week - 7 }}d as paid_before,
            paid_{{ 7 * week }}d as paid_after
        from forecast
        {% if not loop.last -%}
            union all
        {% endif -%}
    {% endfor %}

),

-- Rounded as in payment_forecast: what is said here of all items together is the sum of what is said there of each.
unioned as (

    select
        company_id,
        segment,
        currency_code,
        week,
        {% for in_currency in ['', '_reporting'] -%}
            cast(cast(open_balance{{ in_currency }} as decimal(28, 4)) * paid_after as decimal(18, 4))
            - cast(cast(open_balance{{ in_currency }} as decimal(28, 4)) * paid_before as decimal(18, 4))
                as from_open_items{{ in_currency }},
            cast(
                pow(cast(open_balance{{ in_currency }} as double), 2)
                * cast(paid_after - paid_before as double) * cast(1 - paid_after + paid_before as double)
                as decimal(38, 4)
            ) as variance{{ in_currency }},
            case when paid_after is null then open_balance{{ in_currency }} else 0 end
                as without_forecast{{ in_currency }},
            case when paid_after is not null and week = baseline_week then open_balance{{ in_currency }} else 0 end
                as baseline{{ in_currency }},
            0 as from_billings{{ in_currency }}{% if not loop.last %},{% endif %}
        {% endfor -%}
    from paid
    union all
    select
        company_id,
        segment,
        currency_code,
        week,
        {% for in_currency in ['', '_reporting'] -%}
            {% for amount in ['from_open_items', 'variance', 'without_forecast', 'baseline'] -%}
                0 as {{ amount }}{{ in_currency }},
            {% endfor -%}
            expected_cash{{ in_currency }} as from_billings{{ in_currency }}{% if not loop.last %},{% endif %}
        {% endfor -%}
    from billings

),

final as (

    select
        company_id,
        segment,
        currency_code,
        {% for in_currency in ['', '_reporting'] -%}
            cast(coalesce(sum(variance{{ in_currency }}), 0) as decimal(38, 4)) as variance{{ in_currency }},
            {% for amount in ['from_open_items', 'without_forecast', 'baseline', 'from_billings'] -%}
                cast(coalesce(sum({{ amount }}{{ in_currency }}), 0) as decimal(18, 4))
                    as {{ amount }}{{ in_currency }},
            {% endfor -%}
        {% endfor -%}
        week
    from unioned
    group by
        company_id,
        segment,
        currency_code,
        week

)

select * from final
