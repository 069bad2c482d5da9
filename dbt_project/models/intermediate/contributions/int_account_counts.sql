with

customer_parts as (

    select * from {{ ref('int_contribution_balances') }}

),

customers as (

    select * from {{ ref('int_customers') }}

),

-- One row an account and month, of one company or of all together.
accounts as (

    select
        customer_parts.month_end,
        customer_parts.company_id,
        customers.segment,
        customer_parts.customer_id,
        sum(customer_parts.open_invoice_count) as open_invoice_count,
        sum(customer_parts.past_due_invoice_count) as past_due_invoice_count
    from customer_parts
    inner join customers on customer_parts.customer_id = customers.customer_id
    group by grouping sets (
        (customer_parts.month_end, customers.segment, customer_parts.customer_id),
        (customer_parts.month_end, customers.segment, customer_parts.customer_id, customer_parts.company_id)
    )

),

final as (

    select
        month_end,
        coalesce('company:' || company_id, 'all') as companies,
        segment,
        sum(open_invoice_count) as open_invoice_count,
        sum(past_due_invoice_count) as past_due_invoice_count,
        sum(case when open_invoice_count > 0 then 1 else 0 end) as open_accounts,
        sum(case when past_due_invoice_count > 0 then 1 else 0 end) as past_due_accounts
    from accounts
    group by month_end, coalesce('company:' || company_id, 'all'), segment

)

select * from final
