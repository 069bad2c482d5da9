with

dates as (

    select * from {{ ref('int_dates') }}
    where is_in_history

),

movements as (

    select * from {{ ref('int_movements_daily') }}

),

aging_changes as (

    select * from {{ ref('int_aging_changes_daily') }}

),

rates as (

    select * from {{ ref('int_exchange_rates_daily') }}

),

groups as (

    select company_id, segment, currency_code
    from movements
    group by company_id, segment, currency_code

),

-- Every day of the history for every group that ever had a receivable.
laid_out as (

    select
        dates.date_day,
        groups.company_id,
        groups.segment,
        groups.currency_code,
        {% for movement in var('movements') -%}
        coalesce(movements.{{ movement }}, 0) as {{ movement }},
        {% endfor -%}
        coalesce(movements.net_credit_sales, 0) as net_credit_sales,
        coalesce(movements.balance_change, 0) as balance_change,
        coalesce(movements.open_invoices_change, 0) as open_invoices_change,
        {% for bucket in var('aging_bucket_ids') -%}
        coalesce(aging_changes.aging_{{ bucket }}, 0) as aging_{{ bucket }}_change,
        {% endfor -%}
        rates.rate as exchange_rate
    from dates
    cross join groups
    left join movements
        on
            dates.date_day = movements.date_day
            and groups.company_id = movements.company_id
            and groups.segment = movements.segment
            and groups.currency_code = movements.currency_code
    left join aging_changes
        on
            dates.date_day = aging_changes.date_day
            and groups.company_id = aging_changes.company_id
            and groups.segment = aging_changes.segment
            and groups.currency_code = aging_changes.currency_code
    left join rates
        on
            dates.date_day = rates.date_day
            and groups.currency_code = rates.currency_code

),

-- A balance is the running sum of the changes up to the day.
summed_up as (

    select
        *,
        sum(balance_change) over (
            partition by company_id, segment, currency_code order by date_day asc nulls last
            rows between unbounded preceding and current row
        ) as closing_balance,
        sum(open_invoices_change) over (
            partition by company_id, segment, currency_code order by date_day asc nulls last
            rows between unbounded preceding and current row
        ) as open_invoices
        {%- for bucket in var('aging_bucket_ids') %},
        sum(aging_{{ bucket }}_change) over (
            partition by company_id, segment, currency_code order by date_day asc nulls last
            rows between unbounded preceding and current row
        ) as aging_{{ bucket }}
        {%- endfor %}
    from laid_out

),

with_reporting as (

    select
        *,
        closing_balance - balance_change as opening_balance,
        closing_balance - open_invoices as unapplied_credits,
        case
            when closing_balance = 0 then 0
            else cast(closing_balance as decimal(18, 4)) * exchange_rate
        end as closing_balance_reporting,
        case
            when balance_change = 0 then 0
            else cast(balance_change as decimal(18, 4)) * exchange_rate
        end as balance_change_reporting
    from summed_up

),

-- A balance is at the closing rate, a flow at its own day's: what is between them is the currency's own doing.
revalued as (

    select
        *,
        closing_balance_reporting - balance_change_reporting - coalesce(
            lag(closing_balance_reporting) over (
                partition by company_id, segment, currency_code order by date_day asc nulls last
            ), 0
        ) as fx_difference
    from with_reporting

)

select * from revalued
