with

promises as (

    select * from {{ ref('int_promises_matured') }}

),

-- A claim to an invoice's cash is nobody's in particular: its promises may be of several customers.
final as (

    select
        claimed_by,
        currency_code,
        invoice_id,
        case when invoice_id is null then customer_id end as customer_id
    from promises
    group by
        claimed_by,
        currency_code,
        invoice_id,
        case when invoice_id is null then customer_id end

)

select * from final
