with

levels as (

    select * from {{ ref('int_receivables_levels') }}

),

customer_aging as (

    select * from {{ ref('int_customer_aging_monthly') }}

),

customers as (

    select * from {{ ref('int_customers') }}

),

-- One row for each account, month and company, over all currencies.
accounts as (

    select
        customer_aging.month_end,
        customer_aging.company_id,
        customers.segment,
        customer_aging.customer_id,
        sum(customer_aging.open_invoice_count) as open_invoice_count,
        sum(customer_aging.past_due_invoice_count) as past_due_invoice_count
    from customer_aging
    inner join customers on customer_aging.customer_id = customers.customer_id
    group by
        customer_aging.month_end,
        customer_aging.company_id,
        customers.segment,
        customer_aging.customer_id

),

-- At levels above companies, a customer of two companies is one account.
counted as (

    select
        month_end,
        {{ scope_of() }} as scope,
        sum(open_invoice_count) as open_invoice_count,
        sum(past_due_invoice_count) as past_due_invoice_count,
        count(distinct case when open_invoice_count > 0 then customer_id end) as open_accounts,
        count(distinct case when past_due_invoice_count > 0 then customer_id end) as past_due_accounts
    from accounts
    group by grouping sets (
        (month_end),
        (month_end, company_id),
        (month_end, segment),
        (month_end, company_id, segment)
    )

),

joined as (

    select
        levels.*,
        coalesce(counted.open_invoice_count, 0) as open_invoice_count,
        coalesce(counted.past_due_invoice_count, 0) as past_due_invoice_count,
        coalesce(counted.open_accounts, 0) as open_accounts,
        coalesce(counted.past_due_accounts, 0) as past_due_accounts
    from levels
    left join counted
        on
            levels.scope = counted.scope
            and levels.month_end = counted.month_end

),

final as (

    select
        month_end,
        level,
        scope,
        company_id,
        segment,
        cast(open_invoices as decimal(18, 4)) as open_invoices,
        cast(past_due_receivables as decimal(18, 4)) as past_due_receivables,
        cast(serious_receivables as decimal(18, 4)) as serious_receivables,
        cast(open_invoice_count as bigint) as open_invoice_count,
        cast(past_due_invoice_count as bigint) as past_due_invoice_count,
        cast(open_accounts as bigint) as open_accounts,
        cast(past_due_accounts as bigint) as past_due_accounts,
        case when open_invoices > 0 then cast(past_due_receivables as double) / cast(open_invoices as double) end
            as delinquency_rate_amount,
        case
            when open_invoice_count > 0 then cast(past_due_invoice_count as double) / cast(open_invoice_count as double)
        end
            as delinquency_rate_count,
        case when open_accounts > 0 then cast(past_due_accounts as double) / cast(open_accounts as double) end
            as delinquency_rate_accounts,
        case when open_invoices > 0 then cast(serious_receivables as double) / cast(open_invoices as double) end
            as serious_delinquency_rate,
        cast(open_invoices - past_due_receivables as decimal(18, 4)) as current_invoices,
        case
            when
                open_invoices > 0
                then cast(open_invoices - past_due_receivables as double) / cast(open_invoices as double)
        end as current_share,
        {% for bucket in var('aging_bucket_ids') -%}
            cast(aging_{{ bucket }} as decimal(18, 4)) as aging_{{ bucket }},
        {% endfor -%}
        cast(unapplied_credits as decimal(18, 4)) as unapplied_credits,
        case when open_invoices <= 0 then 'no_receivables' end as reason,
        case when open_invoice_count = 0 then 'no_open_invoices' end as reason_count,
        is_complete
    from joined

)

select * from final
