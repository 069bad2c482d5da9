-- Guards: the movements of a month are the sums of its days' movements, each flow at the rate of its day.
-- Why it matters: the monthly roll-forward would come to the right balance by wrong movements.
-- A row is a month, company and segment in which a movement differs by more than the marts' rounding.
with

rollforward as (

    select * from {{ ref('receivables_rollforward_monthly') }}
    where level = 'company_segment'

),

receivables as (

    select * from {{ ref('receivables_daily') }}

),

months as (

    select * from {{ ref('int_months') }}

),

-- A day without movements may lack a rate.
of_days as (

    select
        months.month_end,
        receivables.company_id,
        receivables.segment,
        count(*) as day_rows,
        {% for movement in var('movements') -%}
            sum(
                case
                    when receivables.{{ movement }} = 0 then 0
                    else receivables.{{ movement }} * receivables.exchange_rate
                end
            ) as {{ movement }},
        {% endfor -%}
        sum(receivables.fx_difference) as fx_difference
    from receivables
    inner join months on receivables.date_day between months.month_start and months.balance_date
    group by months.month_end, receivables.company_id, receivables.segment

)

select
    of_days.*,
    rollforward.scope
from of_days
left join rollforward
    on
        of_days.month_end = rollforward.month_end
        and of_days.company_id = rollforward.company_id
        and of_days.segment = rollforward.segment
where
    {% for movement in var('movements') -%}
        not coalesce(abs(of_days.{{ movement }} - rollforward.{{ movement }}) <= 0.0001, false)
        or {% endfor -%}
    not coalesce(abs(of_days.fx_difference - rollforward.fx_difference) <= 0.0001 * of_days.day_rows, false)
