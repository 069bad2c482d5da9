with

contributions as (

    select * from {{ ref('int_contributions_monthly') }}

),

-- One row an account and month, of one company or of all together.
accounts as (

    select
        month_end,
        company_id,
        segment,
        customer_id,
        sum(open_invoice_count) as open_invoice_count,
        sum(past_due_invoice_count) as past_due_invoice_count
    from contributions
    group by grouping sets (
        (month_end, segment, customer_id),
        (month_end, segment, customer_id, company_id)
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
