{{ config(materialized='incremental', unique_key='customer_id') }}

with

aging_changes as (

    select
        month_end,
        company_id,
        customer_id,
        currency_code,
        {% for bucket in var('aging_bucket_ids') -%}
            sum(aging_{{ bucket }}_change) as aging_{{ bucket }}_change,
        {% endfor -%}
        sum(unapplied_credits_change) as unapplied_credits_change
    from {{ ref('int_customer_aging_increments') }}
    where {{ this_run(ref('int_customers_this_run'), 'customer_id') }}
    group by month_end, company_id, customer_id, currency_code

),

count_increments as (

    select * from {{ ref('int_count_increments') }}
    where {{ this_run(ref('int_customers_this_run'), 'customer_id') }}

),

counted as (

    select
        company_id,
        customer_id,
        currency_code,
        month_end,
        sum(open_invoice_count_change) as open_invoice_count_change,
        sum(past_due_invoice_count_change) as past_due_invoice_count_change
    from count_increments
    group by
        company_id,
        customer_id,
        currency_code,
        month_end

),

-- A count may change although no bucket does, because amounts of two invoices with the same due date may cancel out.
changed as (

    select
        coalesce(aging_changes.company_id, counted.company_id) as company_id,
        coalesce(aging_changes.customer_id, counted.customer_id) as customer_id,
        coalesce(aging_changes.currency_code, counted.currency_code) as currency_code,
        coalesce(aging_changes.month_end, counted.month_end) as month_end,
        {% for bucket in var('aging_bucket_ids') -%}
            coalesce(aging_changes.aging_{{ bucket }}_change, 0) as aging_{{ bucket }}_change,
        {% endfor -%}
        coalesce(aging_changes.unapplied_credits_change, 0) as unapplied_credits_change,
        coalesce(counted.open_invoice_count_change, 0) as open_invoice_count_change,
        coalesce(counted.past_due_invoice_count_change, 0) as past_due_invoice_count_change
    from aging_changes
    full outer join counted
        on
            aging_changes.company_id = counted.company_id
            and aging_changes.customer_id = counted.customer_id
            and aging_changes.currency_code = counted.currency_code
            and aging_changes.month_end = counted.month_end

),

final as (

    select
        company_id,
        customer_id,
        currency_code,
        month_end as from_month_end,
        lead(month_end) over (
            partition by company_id, customer_id, currency_code order by month_end asc nulls last
        ) as next_month_end,
        {% for measure in ['open_invoice_count', 'past_due_invoice_count', 'unapplied_credits'] -%}
            sum({{ measure }}_change) over (
                partition by company_id, customer_id, currency_code order by month_end asc nulls last
                rows between unbounded preceding and current row
            ) as {{ measure }},
        {% endfor -%}
        {% for bucket in var('aging_bucket_ids') -%}
            sum(aging_{{ bucket }}_change) over (
                partition by company_id, customer_id, currency_code order by month_end asc nulls last
                rows between unbounded preceding and current row
            ) as aging_{{ bucket }}
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from changed

)

select * from final
