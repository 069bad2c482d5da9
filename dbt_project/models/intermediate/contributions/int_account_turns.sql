{{ config(materialized='incremental', unique_key='customer_id') }}

with

count_causes as (

    select * from {{ ref('int_count_causes') }}
    where {{ this_run(ref('int_customers_this_run'), 'customer_id') }}

),

-- At levels above companies, a customer of two companies is one account.
leveled as (

    select
        month_end,
        company_id,
        segment,
        customer_id,
        grouping(company_id) as is_over_companies,
        sum(open_invoice_count_change) as open_change,
        sum(past_due_invoice_count_change) as past_due_change,
        sum(case when cause = 'new_sales' then open_invoice_count_change else 0 end) as issued,
        sum(case when cause = 'taken_over' then open_invoice_count_change else 0 end) as taken_over,
        sum(case when cause = 'lateness' then past_due_invoice_count_change else 0 end) as fell_late,
        sum(case when cause = 'taken_over' then past_due_invoice_count_change else 0 end) as taken_over_past_due,
        sum(case when cause = 'collections' then abs(open_invoice_count_change) else 0 end) as open_by_cash,
        sum(case when cause = 'collections' then abs(past_due_invoice_count_change) else 0 end) as past_due_by_cash
    from count_causes
    group by grouping sets (
        (month_end, segment, customer_id),
        (month_end, segment, customer_id, company_id)
    )

),

counted as (

    select
        *,
        sum(open_change) over so_far as open_now,
        sum(past_due_change) over so_far as past_due_now
    from leveled
    window
        so_far as (
            partition by is_over_companies, company_id, customer_id order by month_end asc nulls last
            rows between unbounded preceding and current row
        )

),

compared as (

    select
        *,
        case when open_now > 0 then 1 else 0 end
        - case when open_now - open_change > 0 then 1 else 0 end as open_accounts_change,
        case when past_due_now > 0 then 1 else 0 end
        - case when past_due_now - past_due_change > 0 then 1 else 0 end as past_due_accounts_change
    from counted

),

explained as (

    select
        month_end,
        is_over_companies,
        company_id,
        customer_id,
        segment,
        case
            when open_accounts_change > 0 and issued > 0 then 'new_sales'
            when open_accounts_change > 0 and taken_over > 0 then 'taken_over'
            when open_by_cash > 0 then 'collections'
            else 'write_offs_and_credits'
        end as cause,
        open_accounts_change,
        0 as past_due_accounts_change
    from compared
    where open_accounts_change <> 0
    union all
    select
        month_end,
        is_over_companies,
        company_id,
        customer_id,
        segment,
        case
            when past_due_accounts_change > 0 and fell_late > 0 then 'lateness'
            when past_due_accounts_change > 0 and taken_over_past_due > 0 then 'taken_over'
            when past_due_by_cash > 0 then 'collections'
            when fell_late < 0 then 'lateness'
            else 'write_offs_and_credits'
        end as cause,
        0 as open_accounts_change,
        past_due_accounts_change
    from compared
    where past_due_accounts_change <> 0

),

final as (

    select
        month_end,
        case when is_over_companies = 1 then 'all' else 'company:' || company_id end as company_scope,
        customer_id,
        segment,
        cause,
        sum(open_accounts_change) as open_accounts_change,
        sum(past_due_accounts_change) as past_due_accounts_change
    from explained
    group by
        month_end,
        case when is_over_companies = 1 then 'all' else 'company:' || company_id end,
        customer_id,
        segment,
        cause

)

select * from final
