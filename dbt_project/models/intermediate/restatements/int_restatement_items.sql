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

-- Changes that a later refresh takes back cancel out.
touched as (

    select
        reported.month_end,
        reported.frozen_at,
        items.scope,
        items.kind,
        items.item_type,
        items.item_id,
        items.currency_code,
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
    group by
        reported.month_end, reported.frozen_at, items.scope, items.kind, items.item_type, items.item_id,
        items.currency_code, items.particulars, items.due_date

),

-- Items with changes that cancel out are not listed.
ranked as (

    select
        month_end,
        frozen_at,
        scope,
        kind,
        item_type,
        item_id,
        currency_code,
        min(what_changed) as what_changed,
        max(what_else_changed) as what_else_changed,
        max(case when amount < 0 then due_date end) as due_before,
        max(case when amount > 0 then due_date end) as due_after,
        cast(sum(amount) as decimal(18, 4)) as amount,
        cast(sum(greatest(amount, 0)) as decimal(18, 4)) as amount_more,
        row_number() over (
            partition by month_end, frozen_at, scope, kind
            order by
                sum(abs(amount_reporting)) desc nulls last, item_type asc nulls last, item_id asc nulls last,
                currency_code asc nulls last
        ) as item_rank
    from touched
    group by month_end, frozen_at, scope, kind, item_type, item_id, currency_code
    having sum(abs(amount_reporting)) > 0

),

written as (

    select
        *,
        replace(item_type, '_', ' ') || ' ' || item_id as named_item,
        case
            when what_else_changed <> what_changed then what_changed || ' and ' || what_else_changed
            when what_changed is null and amount = 0 and due_before <> due_after
                then 'due date from ' || cast(due_before as string) || ' to ' || cast(due_after as string)
            else what_changed
        end as change_text,
        case when amount >= 0 then '+' else '' end
        || case
            when abs(amount) < 0.005 then cast(amount as string)
            else cast(cast(amount as decimal(18, 2)) as string)
        end as signed_amount,
        cast(cast(amount_more as decimal(18, 2)) as string) as came_and_went
    from ranked
    where item_rank <= {{ named_items }}

),

-- If the amounts cancel out, the text says what else changed, or how much was added and removed.
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
        named_item || coalesce(' ' || change_text, '')
        || case
            when amount <> 0 then ' (' || signed_amount || ' ' || currency_code || ')'
            when change_text is not null then ''
            else ' (+' || came_and_went || ' and -' || came_and_went || ' ' || currency_code || ')'
        end as item_text
    from written

)

select * from final
