with

amounts as (

    select * from {{ ref('int_restated_amounts') }}

),

-- A customer that is in another segment is named itself, not each of its documents.
named as (

    select
        *,
        case when kind = 'segment' then 'customer' else item_type end as named_type,
        case when kind = 'segment' then customer_id else item_id end as named_id,
        customer_id || ', ' || cast(effective_date as string) || ', ' || coalesce(cast(due_date as string), '')
        || ', ' || cast(is_credit_sale as string) as particulars
    from amounts

),

-- What is taken back and put again the same, but for what a level doesn't tell apart, cancels out in it.
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
        named_type as item_type,
        named_id as item_id,
        currency_code,
        particulars,
        due_date,
        min(what_changed) as what_changed,
        max(what_changed) as what_else_changed,
        cast(sum(amount) as decimal(18, 4)) as amount,
        sum(amount_reporting) as amount_reporting
    from named
    group by grouping sets (
        {% for level in ['', ', company_id', ', segment', ', company_id, segment'] -%}
            (kind, detected_at, month_end, named_type, named_id, currency_code, particulars, due_date{{ level }})
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    )

)

select * from final
