{{ config(materialized='replaced_view') }}

{%- set openings = ['closing_balance', 'unapplied_credits'] -%}
{%- set balances = openings | list -%}
{%- for bucket in var('aging_bucket_ids') -%}{%- do balances.append('aging_' ~ bucket) -%}{%- endfor -%}
{%- set flows = ['net_credit_sales', 'taken_over'] + var('movements') | list -%}

with

receivables as (

    select
        *,
        closing_balance - opening_balance as balance_change
    from {{ ref('receivables_daily') }}

),

periods as (

    select * from {{ ref('dim_fiscal_periods') }}

),

-- In reporting currency: balances at the closing rate of their day, flows at the rate of their day.
valued as (

    select
        periods.period_end,
        receivables.company_id,
        receivables.segment,
        {% for balance in balances -%}
            {%- set amount = in_reporting_currency('receivables.' ~ balance, 'receivables.exchange_rate') -%}
            case when receivables.date_day = periods.balance_date then {{ amount }} else 0 end
                as {{ balance }},
        {% endfor -%}
        {% for balance in openings -%}
            {%- set amount = in_reporting_currency('receivables.' ~ balance, 'receivables.exchange_rate') -%}
            case when receivables.date_day = periods.before_period then {{ amount }} else 0 end
                as opening_{{ balance }},
        {% endfor -%}
        {% for flow in flows + ['balance_change'] -%}
            case
                when receivables.date_day >= periods.period_start
                    then {{ in_reporting_currency('receivables.' ~ flow, 'receivables.exchange_rate') }}
                else 0
            end as {{ flow }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from receivables
    inner join periods on receivables.date_day between periods.before_period and periods.balance_date

),

-- Every level is computed from the sums of its members, never from averages.
rolled_up as (

    select
        period_end,
        {{ level_of() }} as level,
        {{ scope_of() }} as scope,
        company_id,
        segment,
        sum(opening_closing_balance) as opening_closing_balance,
        sum(opening_unapplied_credits) as opening_unapplied_credits,
        {% for amount in balances + flows + ['balance_change'] -%}
            sum({{ amount }}) as {{ amount }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from valued
    group by grouping sets (
        (period_end),
        (period_end, company_id),
        (period_end, segment),
        (period_end, company_id, segment)
    )

),

added_up as (

    select
        *,
        {{ aging_of('past_due') }} as past_due_receivables
    from rolled_up

),

-- What no movement explains is the effect of exchange rates.
final as (

    select
        periods.period_end,
        periods.period,
        added_up.level,
        added_up.scope,
        added_up.company_id,
        added_up.segment,
        periods.fiscal_month,
        periods.days,
        cast(added_up.opening_closing_balance as decimal(18, 4)) as opening_receivables,
        {% for movement in var('movements') -%}
            cast(added_up.{{ movement }} as decimal(18, 4)) as {{ movement }},
        {% endfor -%}
        cast(added_up.closing_balance - added_up.opening_closing_balance - added_up.balance_change as decimal(18, 4))
            as fx_difference,
        cast(added_up.closing_balance as decimal(18, 4)) as closing_receivables,
        cast(added_up.closing_balance - added_up.unapplied_credits as decimal(18, 4)) as open_invoices,
        cast(added_up.past_due_receivables as decimal(18, 4)) as past_due_receivables,
        {% for bucket in var('aging_bucket_ids') -%}
            cast(added_up.aging_{{ bucket }} as decimal(18, 4)) as aging_{{ bucket }},
        {% endfor -%}
        cast(added_up.unapplied_credits as decimal(18, 4)) as unapplied_credits,
        cast(added_up.opening_closing_balance - added_up.opening_unapplied_credits as decimal(18, 4))
            as opening_open_invoices,
        cast(added_up.net_credit_sales as decimal(18, 4)) as net_credit_sales,
        cast(added_up.taken_over as decimal(18, 4)) as taken_over,
        periods.is_complete
    from added_up
    inner join periods on added_up.period_end = periods.period_end

)

select * from final
