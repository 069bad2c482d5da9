{%- set named_items = 3 -%}

with

items as (

    select * from {{ ref('int_restated_items') }}

),

reported as (

    select distinct
        month_end,
        frozen_at
    from {{ ref('int_published_kpis') }}

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
