with

restated_events as (

    select * from {{ ref('int_restated_events') }}

),

final as (

    select
        detected_at,
        detected_as_of,
        event_id,
        entry,
        kind,
        event_type,
        item_type,
        item_id,
        company_id,
        customer_id,
        segment,
        due_date,
        effective_date,
        month_end,
        currency_code,
        amount,
        is_credit_sale,
        recorded_at,
        source_table,
        source_id,
        what_changed
    from restated_events

)

select * from final
