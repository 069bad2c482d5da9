{%- set day_before -%} cast({{ dbt.dateadd('day', -1, 'months.month_start') }} as date) {%- endset -%}

with

changes as (

    select * from {{ ref('int_known_changes') }}

),

months as (

    select * from {{ ref('int_months') }}

),

rates as (

    select * from {{ ref('int_exchange_rates_daily') }}

),

buckets as (

    select * from {{ ref('aging_buckets') }}

),

provisions as (

    select
        *,
        lead(valid_from) over (partition by company_id, customer_id order by valid_from asc nulls last) as valid_until
    from {{ ref('specific_provisions') }}

),

balances as (

    select
        *,
        cast(sum(balance_change) over by_due_date as decimal(18, 4)) as closing_balance,
        cast(-balance_change + sum(balance_change) over by_due_date as decimal(18, 4)) as opening_balance,
        lead(month_end) over by_due_date as next_month_end
    from changes
    window by_due_date as (
        partition by company_id, segment, assessed_customer_id, currency_code, due_date
        order by month_end asc nulls last
    )

),

-- It stands until the next change. What stood at the start is at the rate of that day, as in int_roll_cohorts.
standing as (

    select
        months.month_end,
        balances.company_id,
        balances.segment,
        balances.assessed_customer_id,
        balances.closing_balance * rates.rate as gross,
        case when balances.month_end = months.month_end then balances.opening_balance else balances.closing_balance end
            as opening,
        opening_rates.rate as opening_rate,
        {% for flow in ['cohort_change', 'paid', 'credited', 'written_off', 'lost', 'recovered'] -%}
            case when balances.month_end = months.month_end then balances.{{ flow }} else 0 end as {{ flow }},
        {% endfor -%}
        {{ dbt.datediff('balances.due_date', 'months.month_start', 'day') }} - 1 as days_at_start,
        {{ dbt.datediff('balances.due_date', 'months.balance_date', 'day') }} as days_at_end
    from balances
    inner join months
        on
            balances.month_end <= months.month_end
            and months.month_end < coalesce(balances.next_month_end, cast('9999-12-31' as date))
            and (balances.month_end = months.month_end or balances.closing_balance <> 0)
    {%- for rates, day in {'rates': 'months.balance_date', 'opening_rates': day_before}.items() %}
        left join rates as {{ rates }}
            on
                {{ day }} = {{ rates }}.date_day
                and balances.currency_code = {{ rates }}.currency_code
    {%- endfor %}

),

final as (

    select
        standing.month_end,
        standing.company_id,
        standing.segment,
        {% for side in ['start', 'end'] -%}
            coalesce(buckets_at_{{ side }}.bucket_id, 'no_due_date') as bucket_at_{{ side }},
        {% endfor -%}
        sum((standing.opening + standing.cohort_change) * standing.opening_rate) as still_open,
        {% for flow in ['paid', 'credited', 'written_off'] -%}
            sum(standing.{{ flow }} * standing.opening_rate) as {{ flow }},
        {% endfor -%}
        sum(standing.gross) as gross,
        sum(case when provisions.loss_rate is not null then standing.gross else 0 end) as specific_gross,
        sum(standing.gross * provisions.loss_rate) as specific_allowance,
        sum(standing.lost) as lost,
        sum(standing.recovered) as recovered
    from standing
    left join provisions
        on
            standing.company_id = provisions.company_id
            and standing.assessed_customer_id = provisions.customer_id
            and standing.month_end >= provisions.valid_from
            and standing.month_end < coalesce(provisions.valid_until, cast('9999-12-31' as date))
    {%- for side in ['start', 'end'] %}
        left join buckets as buckets_at_{{ side }}
            on
                buckets_at_{{ side }}.bucket_id <> 'no_due_date'
                and standing.days_at_{{ side }} >= coalesce(buckets_at_{{ side }}.first_day, -99999)
                and standing.days_at_{{ side }} <= coalesce(buckets_at_{{ side }}.last_day, 99999)
    {%- endfor %}
    group by
        standing.month_end, standing.company_id, standing.segment, buckets_at_start.bucket_id, buckets_at_end.bucket_id

)

select * from final
