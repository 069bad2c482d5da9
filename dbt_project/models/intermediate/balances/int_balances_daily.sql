with

dates as (

    select * from {{ ref('int_dates') }}
    where is_in_history

),

movements as (

    select * from {{ ref('int_movements_daily') }}

),

aging_changes as (

    select
        date_day,
        company_id,
        segment,
        currency_code,
        {% for bucket in var('aging_bucket_ids') -%}
            sum(aging_{{ bucket }}_change) as aging_{{ bucket }}_change{% if not loop.last %},{% endif %}
        {% endfor %}
    from {{ ref('int_aging_increments') }}
    group by date_day, company_id, segment, currency_code

),

combinations as (

    select
        company_id,
        segment,
        currency_code
    from movements
    group by company_id, segment, currency_code

),

-- Every day of the history for every combination that ever had a receivable.
laid_out as (

    select
        dates.date_day,
        combinations.company_id,
        combinations.segment,
        combinations.currency_code,
        {% for movement in var('movements') -%}
            coalesce(movements.{{ movement }}, 0) as {{ movement }},
        {% endfor -%}
        coalesce(movements.net_credit_sales, 0) as net_credit_sales,
        coalesce(movements.taken_over, 0) as taken_over,
        coalesce(movements.balance_change, 0) as balance_change,
        coalesce(movements.open_invoices_change, 0) as open_invoices_change,
        {% for bucket in var('aging_bucket_ids') -%}
            coalesce(aging_changes.aging_{{ bucket }}_change, 0) as aging_{{ bucket }}_change
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from dates
    cross join combinations
    left join movements
        on
            dates.date_day = movements.date_day
            and combinations.company_id = movements.company_id
            and combinations.segment = movements.segment
            and combinations.currency_code = movements.currency_code
    left join aging_changes
        on
            dates.date_day = aging_changes.date_day
            and combinations.company_id = aging_changes.company_id
            and combinations.segment = aging_changes.segment
            and combinations.currency_code = aging_changes.currency_code

),

-- A balance is the running sum of the changes up to the day.
summed_up as (

    select
        *,
        {% for bucket in var('aging_bucket_ids') -%}
            sum(aging_{{ bucket }}_change) over to_date as aging_{{ bucket }},
        {% endfor -%}
        sum(open_invoices_change) over to_date as open_invoices,
        sum(balance_change) over to_date as closing_balance
    from laid_out
    window
        to_date as (
            partition by company_id, segment, currency_code order by date_day asc nulls last
            rows between unbounded preceding and current row
        )

)

select * from summed_up
