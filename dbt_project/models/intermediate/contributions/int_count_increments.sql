{{ config(materialized='incremental', incremental_strategy='add_up') }}

with

invoice_months as (

    select * from {{ ref('int_invoice_months') }}
    where {{ is_of_this_run('changed_in') }}

),

before as (

    select * from {{ ref('int_invoice_months_before_this_run') }}
    where month_end is not null

),

tolerances as (

    select * from {{ ref('debt_tolerances') }}

),

-- The months of replaced invoices as they are now, less as they were before. A rest within the tolerance doesn't count:
-- its invoice is as good as settled.
signed as (

    {% for source, sign in {'invoice_months': 1, 'before': -1}.items() -%}
        select
            {{ source }}.month_end,
            {{ source }}.company_id,
            {{ source }}.segment,
            {{ source }}.customer_id,
            {{ source }}.currency_code,
            {{ source }}.opening_balance > 0
            and {{ is_debt(source ~ '.opening_balance') }} as was_owed,
            {{ source }}.cash_applied <> 0 as by_cash,
            {{ source }}.is_issue_month,
            {{ source }}.is_take_over_month,
            {{ source }}.has_new_due_date,
            case when {{ is_debt(source ~ '.closing_balance') }} then 1 else 0 end
            - case when {{ is_debt(source ~ '.opening_balance') }} then 1 else 0 end as open_invoice_count_change,
            case when {{ is_debt(source ~ '.closing_past_due') }} then 1 else 0 end
            - case when {{ is_debt(source ~ '.opening_past_due') }} then 1 else 0 end as past_due_invoice_count_change,
            {{ sign }} as sign
        from {{ source }}
        left join tolerances on {{ source }}.currency_code = tolerances.currency_code
        where {{ source }}.segment is not null
        {% if not loop.last -%}
            union all
        {% endif %}
    {%- endfor %}

),

-- If cash was applied or unapplied in the month, the cause is collections, whatever else happened to the invoice. An
-- invoice that is past due no longer because it got a later due date reduces lateness.
explained as (

    select
        month_end,
        company_id,
        segment,
        customer_id,
        currency_code,
        case
            when is_issue_month and open_invoice_count_change > 0 then 'new_sales'
            when is_take_over_month and open_invoice_count_change > 0 then 'taken_over'
            when by_cash then 'collections'
            else 'write_offs_and_credits'
        end as cause,
        sign * open_invoice_count_change as open_invoice_count_change,
        0 as past_due_invoice_count_change
    from signed
    where open_invoice_count_change <> 0
    union all
    select
        month_end,
        company_id,
        segment,
        customer_id,
        currency_code,
        case
            when past_due_invoice_count_change > 0 and (is_issue_month or was_owed) then 'lateness'
            when past_due_invoice_count_change > 0 and is_take_over_month then 'taken_over'
            when by_cash then 'collections'
            when has_new_due_date then 'lateness'
            else 'write_offs_and_credits'
        end as cause,
        0 as open_invoice_count_change,
        sign * past_due_invoice_count_change as past_due_invoice_count_change
    from signed
    where past_due_invoice_count_change <> 0

),

-- Rows of zeros are kept: they show that the customer's month has changed (int_customers_this_run).
final as (

    select
        month_end,
        company_id,
        segment,
        customer_id,
        currency_code,
        cause,
        cast(sum(open_invoice_count_change) as integer) as open_invoice_count_change,
        cast(sum(past_due_invoice_count_change) as integer) as past_due_invoice_count_change,
        '{{ this_run_id() }}' as changed_in
    from explained
    group by
        month_end,
        company_id,
        segment,
        customer_id,
        currency_code,
        cause

)

select * from final
