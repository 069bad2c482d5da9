{%- set resolutions = ['credited', 'paid', 'rejected', 'written_off'] -%}

with

spells as (

    select * from {{ ref('int_dispute_spells') }}

),

months as (

    select * from {{ ref('int_months') }}

),

rates as (

    select * from {{ ref('int_exchange_rates_daily') }}

),

-- One row for each spell and month from its opening to its closing; there are few spells.
followed as (

    select
        months.month_end,
        spells.company_id,
        spells.segment,
        coalesce(spells.reason_code, 'not_given') as reason_code,
        spells.resolution,
        spells.amount,
        spells.currency_code,
        months.balance_date,
        spells.opened_date,
        spells.closed_date,
        spells.spell > 1 as is_again,
        spells.opened_date >= months.month_start as is_opened,
        spells.closed_date <= months.balance_date as is_closed,
        spells.days_open
    from spells
    inner join months
        on
            spells.opened_date <= months.balance_date
            and (spells.closed_date is null or spells.closed_date >= months.month_start)

),

-- Opened and closed amounts at the rate of their day, open amounts at the closing rate of the month.
valued as (

    select
        followed.month_end,
        followed.company_id,
        followed.segment,
        followed.reason_code,
        followed.resolution,
        followed.is_opened and not followed.is_again as is_opened,
        followed.is_opened and followed.is_again as is_reopened,
        coalesce(followed.is_closed, false) as is_closed,
        followed.days_open,
        {{ in_reporting_currency('followed.amount', 'opening_rates.rate') }} as opened_amount,
        {{ in_reporting_currency('followed.amount', 'ending_rates.rate') }} as closed_amount,
        {{ in_reporting_currency('followed.amount', 'closing_rates.rate') }} as open_amount
    from followed
    left join rates as opening_rates
        on
            followed.opened_date = opening_rates.date_day
            and followed.currency_code = opening_rates.currency_code
    left join rates as ending_rates
        on
            followed.closed_date = ending_rates.date_day
            and followed.currency_code = ending_rates.currency_code
    left join rates as closing_rates
        on
            followed.balance_date = closing_rates.date_day
            and followed.currency_code = closing_rates.currency_code

),

final as (

    select
        month_end,
        company_id,
        segment,
        reason_code,
        sum(case when is_opened then 1 else 0 end) as disputes_opened,
        sum(case when is_opened then opened_amount else 0 end) as disputed_opened,
        sum(case when is_reopened then 1 else 0 end) as disputes_reopened,
        sum(case when is_reopened then opened_amount else 0 end) as disputed_reopened,
        sum(case when is_closed then 1 else 0 end) as disputes_closed,
        sum(case when is_closed then closed_amount else 0 end) as disputed_closed,
        {% for resolution in resolutions -%}
            sum(case when is_closed and resolution = '{{ resolution }}' then closed_amount else 0 end)
                as disputed_{{ resolution }},
        {% endfor -%}
        sum(case when is_closed then days_open else 0 end) as days_to_close,
        sum(case when is_closed then 0 else 1 end) as disputes_open,
        sum(case when is_closed then 0 else open_amount end) as disputed_open
    from valued
    group by
        month_end,
        company_id,
        segment,
        reason_code

)

select * from final
