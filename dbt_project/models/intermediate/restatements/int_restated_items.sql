with

amounts as (

    select * from {{ ref('int_restated_amounts') }}

),

-- One row an open item and month its changes took effect in, at each level.
final as (

    select
        case
            when grouping(company_id) = 1 and grouping(segment) = 1 then 'portfolio'
            when grouping(segment) = 1 then 'company:' || company_id
            when grouping(company_id) = 1 then 'segment:' || segment
            else 'company_segment:' || company_id || '|' || segment
        end as scope,
        kind,
        detected_at,
        month_end,
        item_type,
        item_id,
        currency_code,
        cast(sum(amount) as decimal(18, 4)) as amount,
        sum(abs(amount_reporting)) as size
    from amounts
    group by grouping sets (
        (kind, detected_at, month_end, item_type, item_id, currency_code),
        (kind, detected_at, month_end, item_type, item_id, currency_code, company_id),
        (kind, detected_at, month_end, item_type, item_id, currency_code, segment),
        (kind, detected_at, month_end, item_type, item_id, currency_code, company_id, segment)
    )

)

select * from final
