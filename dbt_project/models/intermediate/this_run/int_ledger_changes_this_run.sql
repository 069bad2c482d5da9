with

events as (

    select * from {{ ref('int_replaced_events') }}

),

-- Events that are the same before and after cancel out.
final as (

    select
        event_type,
        item_type,
        company_id,
        customer_id,
        segment,
        currency_code,
        effective_date,
        due_date,
        is_credit_sale,
        cast(sum(sign * amount) as decimal(18, 4)) as amount,
        cast(sum(sign) as integer) as event_count
    from events
    group by
        event_type,
        item_type,
        company_id,
        customer_id,
        segment,
        currency_code,
        effective_date,
        due_date,
        is_credit_sale
    having
        sum(sign * amount) <> 0
        or sum(sign) <> 0

)

select * from final
