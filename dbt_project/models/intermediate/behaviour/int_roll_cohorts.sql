{%- set measures = ['opening_balance', 'paid', 'other_reductions', 'written_off'] -%}

with

increments as (

    select * from {{ ref('int_due_date_increments') }}

),

moves as (

    select * from {{ ref('int_due_date_moves') }}

),

months as (

    select * from {{ ref('int_months') }}

),

rates as (

    select * from {{ ref('int_exchange_rates_daily') }}

),

-- The balance of all invoices with the same due date, for each month in which it changed.
balances as (

    select
        month_end,
        company_id,
        currency_code,
        due_date,
        {% for measure in measures[1:] -%}
            sum({{ measure }}) as {{ measure }},
        {% endfor -%}
        sum(balance_change) as balance_change,
        sum(sum(balance_change)) over by_due_date as closing_balance,
        lead(month_end) over by_due_date as next_month_end
    from increments
    group by
        month_end,
        company_id,
        currency_code,
        due_date
    window by_due_date as (partition by company_id, currency_code, due_date order by month_end asc nulls last)

),

-- The opening balance of every month: in a month with a change, the balance before the change; in the months up to the
-- next change, the balance after it.
opened as (

    select
        months.month_end,
        balances.company_id,
        balances.currency_code,
        balances.due_date,
        balances.closing_balance
        - case when months.month_end = balances.month_end then balances.balance_change else 0 end as opening_balance,
        {% for measure in measures[1:] -%}
            case when months.month_end = balances.month_end then balances.{{ measure }} else 0 end as {{ measure }},
        {% endfor -%}
        balances.due_date as to_due_date
    from balances
    inner join months
        on
            balances.month_end <= months.month_end
            and (balances.next_month_end is null or balances.next_month_end > months.month_end)

),

-- A balance with another due date at the month's end goes to the bucket of that due date.
followed as (

    select * from opened
    where opening_balance <> 0
    union all
    select * from moves

),

-- At the rate of the opening day, because a change of exchange rates is not a roll.
final as (

    select
        followed.month_end,
        followed.company_id,
        followed.currency_code,
        followed.due_date,
        followed.to_due_date,
        {% for measure in measures -%}
            {{ in_reporting_currency('cast(sum(followed.' ~ measure ~ ') as decimal(18, 4))') }} as {{ measure }},
        {% endfor -%}
        {{ dbt.datediff('followed.due_date', 'months.month_start', 'day') }} - 1 as days_at_start,
        {{ dbt.datediff('followed.to_due_date', 'months.balance_date', 'day') }} as days_at_end
    from followed
    inner join months on followed.month_end = months.month_end
    inner join rates
        on
            cast({{ dbt.dateadd('day', -1, 'months.month_start') }} as date) = rates.date_day
            and followed.currency_code = rates.currency_code
    group by
        followed.month_end,
        followed.company_id,
        followed.currency_code,
        followed.due_date,
        followed.to_due_date,
        months.month_start,
        months.balance_date,
        rates.rate
    having
        {% for measure in measures -%}
            {% if not loop.first %}or {% endif %}sum(followed.{{ measure }}) <> 0
        {% endfor %}

)

select * from final
