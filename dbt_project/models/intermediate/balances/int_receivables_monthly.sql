{%- set balances = ['closing_balance', 'open_invoices', 'unapplied_credits'] -%}
{%- set aging = [] -%}
{%- for bucket in var('aging_bucket_ids') -%}{%- do aging.append('aging_' ~ bucket) -%}{%- endfor -%}
{%- set flows = ['net_credit_sales', 'taken_over'] + var('movements') | list -%}

with

receivables as (

    select * from {{ ref('int_receivables_daily') }}

),

months as (

    select * from {{ ref('int_months') }}

),

cash_on_opening as (

    select * from {{ ref('int_cash_on_opening') }}

),

-- In reporting currency: balances at the closing rate of their day, flows at the rate of their day.
valued as (

    select
        months.month_end,
        receivables.company_id,
        receivables.segment,
        {% for balance in balances + aging -%}
            {% set amount = 'cast(receivables.' ~ balance ~ ' as decimal(18, 4))' -%}
            case
                when receivables.date_day = months.balance_date
                    then {{ in_reporting_currency(amount, 'receivables.exchange_rate') }}
                else 0
            end as {{ balance }},
        {% endfor -%}
        {% for flow in flows -%}
            {{ in_reporting_currency('receivables.' ~ flow, 'receivables.exchange_rate') }} as {{ flow }},
        {% endfor -%}
        receivables.fx_difference
    from receivables
    inner join months on receivables.date_day between months.month_start and months.balance_date

),

summed as (

    select
        month_end,
        company_id,
        segment,
        sum(closing_balance) as receivables,
        sum(open_invoices) as open_invoices,
        sum(unapplied_credits) as unapplied_credits,
        {% for bucket in var('aging_bucket_ids') -%}
            sum(aging_{{ bucket }}) as aging_{{ bucket }},
        {% endfor -%}
        {% for flow in flows -%}
            sum({{ flow }}) as {{ flow }},
        {% endfor -%}
        sum(fx_difference) as fx_difference
    from valued
    group by
        month_end,
        company_id,
        segment

),

final as (

    select
        summed.*,
        coalesce(cash_on_opening.cash_applied_to_opening, 0) as cash_applied_to_opening,
        coalesce(cash_on_opening.cash_applied_to_past_due, 0) as cash_applied_to_past_due
    from summed
    left join cash_on_opening
        on
            summed.month_end = cash_on_opening.month_end
            and summed.company_id = cash_on_opening.company_id
            and summed.segment = cash_on_opening.segment

)

select * from final
