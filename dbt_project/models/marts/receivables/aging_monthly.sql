with

customer_aging as (

    select * from {{ ref('int_customer_aging_monthly') }}

),

customers as (

    select * from {{ ref('int_customers') }}

),

added_up as (

    select
        customer_aging.*,
        customers.segment,
        {{ aging_of('past_due', 'customer_aging') }} as past_due_receivables
    from customer_aging
    inner join customers on customer_aging.customer_id = customers.customer_id

),

final as (

    select
        month_end,
        company_id,
        customer_id,
        segment,
        currency_code,
        cast(past_due_receivables + aging_current + aging_no_due_date as decimal(18, 4)) as open_invoices,
        cast(unapplied_credits as decimal(18, 4)) as unapplied_credits,
        cast(past_due_receivables + aging_current + aging_no_due_date + unapplied_credits as decimal(18, 4))
            as receivables,
        cast(past_due_receivables as decimal(18, 4)) as past_due_receivables,
        {% for bucket in var('aging_bucket_ids') -%}
            cast(aging_{{ bucket }} as decimal(18, 4)) as aging_{{ bucket }},
        {% endfor -%}
        cast(open_invoice_count as bigint) as open_invoice_count,
        cast(past_due_invoice_count as bigint) as past_due_invoice_count,
        is_complete
    from added_up

)

select * from final
