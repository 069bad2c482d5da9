with

increments as (

    select * from {{ ref('int_count_increments') }}

),

final as (

    select
        month_end,
        company_id,
        segment,
        customer_id,
        cause,
        cast(sum(open_invoice_count_change) as integer) as open_invoice_count_change,
        cast(sum(past_due_invoice_count_change) as integer) as past_due_invoice_count_change
    from increments
    group by
        month_end,
        company_id,
        segment,
        customer_id,
        cause
    having
        sum(open_invoice_count_change) <> 0
        or sum(past_due_invoice_count_change) <> 0

)

select * from final
