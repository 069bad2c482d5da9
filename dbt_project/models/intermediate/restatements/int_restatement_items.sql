{%- set named_items = 3 -%}

with

items as (

    select * from {{ ref('int_restatement_large_items') }}

),

summed as (

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
        cast(sum(amount) as decimal(18, 4)) as amount,
        cast(sum(greatest(amount, 0)) as decimal(18, 4)) as amount_more,
        sum(abs(amount_reporting)) as size
    from items
    group by month_end, frozen_at, scope, kind, item_type, item_id, currency_code

),

ranked as (

    select
        *,
        row_number() over (
            partition by month_end, frozen_at, scope, kind
            order by
                size desc nulls last, item_type asc nulls last, item_id asc nulls last, currency_code asc nulls last
        ) as item_rank
    from summed
    where size > 0

),

written as (

    select
        *,
        replace(item_type, '_', ' ') || ' ' || item_id as item,
        case
            when what_else_changed <> what_changed then what_changed || ' and ' || what_else_changed
            else what_changed
        end as change,
        case when amount >= 0 then '+' else '' end
        || case
            when abs(amount) < 0.005 then cast(amount as string)
            else cast(cast(amount as decimal(18, 2)) as string)
        end as signed_amount,
        cast(amount_more as decimal(18, 2)) as amount_more_written
    from ranked
    where item_rank <= {{ named_items }}

),

-- Of what comes to nothing it is said what changed, or else how much came and went.
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
        item || coalesce(' ' || change, '')
        || case
            when amount <> 0 then ' (' || signed_amount || ' ' || currency_code || ')'
            when change is not null then ''
            else ' (+' || cast(amount_more_written as string) || ' and -' || cast(amount_more_written as string)
                || ' ' || currency_code || ')'
        end as words
    from written

)

select * from final
