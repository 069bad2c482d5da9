{{ config(materialized='incremental', unique_key=['customer_id', 'month_end']) }}

with

spans as (

    select * from {{ ref('int_customer_aging_spans') }}

),

months as (

    select * from {{ ref('int_months') }}

),

-- The balance after one change is in force until the next change.
final as (

    select
        months.month_end,
        months.is_complete,
        spans.company_id,
        spans.customer_id,
        spans.currency_code,
        spans.open_invoice_count,
        spans.past_due_invoice_count,
        {% for bucket in var('aging_bucket_ids') -%}
            spans.aging_{{ bucket }},
        {% endfor -%}
        spans.unapplied_credits
    from spans
    inner join months
        on
            spans.from_month_end <= months.month_end
            and (spans.next_month_end is null or spans.next_month_end > months.month_end)
    where
        (
            spans.open_invoice_count <> 0
            or spans.unapplied_credits <> 0
            {%- for bucket in var('aging_bucket_ids') %}
                or spans.aging_{{ bucket }} <> 0
            {%- endfor %}
        )
        and {{ this_run(
            ref('int_customer_months_this_run'), {'spans.customer_id': 'customer_id', 'months.month_end': 'month_end'}
        ) }}

)

select * from final
