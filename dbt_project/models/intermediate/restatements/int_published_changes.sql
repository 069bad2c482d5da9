with

published as (

    {{ published_before('restated_events') }}

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
        due_date,
        effective_date,
        month_end,
        currency_code,
        amount,
        is_credit_sale,
        recorded_at,
        source_table,
        source_id
    from published
    where
        effective_date <= {{ as_of_date() }}
        and detected_as_of <= {{ known_as_of_date() }}

)

select * from final
