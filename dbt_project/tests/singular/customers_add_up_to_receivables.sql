-- Guards: the aging by customer adds up, bucket by bucket, to the daily aging of the same day, which is computed in
-- another way.
-- Why it matters: the credit manager's list and the controller's balance would contradict each other.
-- A row is a month, company and currency in which they differ.
with

aging as (

    select * from {{ ref('aging_monthly') }}

),

receivables as (

    select * from {{ ref('receivables_daily') }}

),

months as (

    select * from {{ ref('int_months') }}

),

by_customer as (

    select
        month_end,
        company_id,
        currency_code,
        sum(unapplied_credits) as unapplied_credits
        {%- for bucket in var('aging_bucket_ids') %}
            ,
            sum(aging_{{ bucket }}) as aging_{{ bucket }}
    
        {%- endfor %}
    from aging
    group by month_end, company_id, currency_code

),

by_day as (

    select
        months.month_end,
        receivables.company_id,
        receivables.currency_code,
        {% for bucket in var('aging_bucket_ids') -%}
            sum(receivables.aging_{{ bucket }}) as aging_{{ bucket }},
        {% endfor -%}
        sum(receivables.unapplied_credits) as unapplied_credits
    from receivables
    inner join months on receivables.date_day = months.balance_date
    group by months.month_end, receivables.company_id, receivables.currency_code

)

select
    by_day.month_end,
    by_day.company_id,
    by_day.currency_code
from by_day
left join by_customer
    on
        by_day.month_end = by_customer.month_end
        and by_day.company_id = by_customer.company_id
        and by_day.currency_code = by_customer.currency_code
where
    by_day.unapplied_credits <> coalesce(by_customer.unapplied_credits, 0)
    {%- for bucket in var('aging_bucket_ids') %}
        or by_day.aging_{{ bucket }} <> coalesce(by_customer.aging_{{ bucket }}, 0)
    {%- endfor %}
