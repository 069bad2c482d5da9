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

sized_in_month as (

    select
        scope,
        kind,
        detected_at,
        month_end,
        item_type,
        item_id,
        currency_code,
        sum(abs(amount_reporting)) as size
    from items
    group by scope, kind, detected_at, month_end, item_type, item_id, currency_code

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
    from sized_in_month

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

-- What later refreshes put back cancels out.
touched as (

    select
        reported.month_end,
        reported.frozen_at,
        items.scope,
        items.kind,
        items.item_type,
        items.item_id,
        items.currency_code,
        items.particulars,
        items.due_date,
        min(items.what_changed) as what_changed,
        max(items.what_else_changed) as what_else_changed,
        sum(items.amount) as amount,
        sum(items.amount_reporting) as amount_reporting
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
        items.currency_code,
        items.particulars,
        items.due_date

)

select * from touched
