{%- set named_items = 3 -%}

with

changes as (

    select * from {{ ref('restated_events') }}

),

customers as (

    select * from {{ ref('int_customers') }}

),

rates as (

    select * from {{ ref('int_exchange_rates_daily') }}

),

reported as (

    select distinct
        month_end,
        frozen_at
    from {{ ref('int_published_kpis') }}

),

valued as (

    select
        customers.segment,
        changes.*,
        changes.amount * rates.rate as amount_reporting
    from changes
    left join customers on changes.customer_id = customers.customer_id
    left join rates
        on
            changes.effective_date = rates.date_day
            and changes.currency_code = rates.currency_code

),

-- One row an open item and month its changes took effect in, at each level.
items as (

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
    from valued
    group by grouping sets (
        (kind, detected_at, month_end, item_type, item_id, currency_code),
        (kind, detected_at, month_end, item_type, item_id, currency_code, company_id),
        (kind, detected_at, month_end, item_type, item_id, currency_code, segment),
        (kind, detected_at, month_end, item_type, item_id, currency_code, company_id, segment)
    )

),

-- The largest of all months are among the largest of each: only those items meet the months they touch.
ranked_in_month as (

    select
        *,
        row_number() over (
            partition by scope, kind, detected_at, month_end
            order by
                size desc nulls last, item_type asc nulls last, item_id asc nulls last, currency_code asc nulls last
        ) as rank_in_month
    from items

),

large as (

    select distinct
        scope,
        kind,
        item_type,
        item_id,
        currency_code
    from ranked_in_month
    where rank_in_month <= {{ named_items }}

),

touched as (

    select
        reported.month_end,
        reported.frozen_at,
        items.scope,
        items.kind,
        items.item_type,
        items.item_id,
        items.currency_code,
        cast(sum(items.amount) as decimal(18, 4)) as amount,
        sum(items.size) as size
    from reported
    inner join items
        on
            reported.month_end >= items.month_end
            and reported.frozen_at < items.detected_at
    inner join large
        on
            items.scope = large.scope
            and items.kind = large.kind
            and items.item_type = large.item_type
            and items.item_id = large.item_id
            and items.currency_code = large.currency_code
    group by
        reported.month_end,
        reported.frozen_at,
        items.scope,
        items.kind,
        items.item_type,
        items.item_id,
        items.currency_code

),

ranked as (

    select
        *,
        row_number() over (
            partition by month_end, frozen_at, scope, kind
            order by
                size desc nulls last, item_type asc nulls last, item_id asc nulls last, currency_code asc nulls last
        ) as item_rank
    from touched

),

final as (

    select
        month_end,
        frozen_at,
        scope,
        kind,
        item_rank,
        item_type,
        item_id,
        currency_code,
        amount,
        replace(item_type, '_', ' ') || ' ' || item_id || ' (' || case when amount >= 0 then '+' else '' end
        || cast(cast(amount as decimal(18, 2)) as string) || ' ' || currency_code || ')' as words
    from ranked
    where item_rank <= {{ named_items }}

)

select * from final
