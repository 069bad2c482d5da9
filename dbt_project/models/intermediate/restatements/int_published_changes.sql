with

published as (

    {{ published_before('restated_events') }}

),

published_customers as (

    {{ published_before('dim_customers') }}

),

-- Older publications have no segment on events: then it is that of the customer in the same publication.
final as (

    select
        published.detected_at,
        published.detected_as_of,
        published.event_id,
        published.entry,
        published.kind,
        published.event_type,
        published.item_type,
        published.item_id,
        published.company_id,
        published.customer_id,
        coalesce(published.segment, published_customers.segment, 'unassigned') as segment,
        published.due_date,
        published.effective_date,
        published.month_end,
        published.currency_code,
        published.amount,
        published.is_credit_sale,
        published.recorded_at,
        published.source_table,
        published.source_id,
        published.what_changed
    from published
    left join published_customers on published.customer_id = published_customers.customer_id
    where
        published.effective_date <= {{ as_of_date() }}
        and published.detected_as_of <= {{ known_as_of_date() }}

)

select * from final
