{#- How many items int_restatement_items lists. -#}
{%- set named_items = 3 -%}

with

events as (

    select * from {{ ref('int_restated_events') }}

),

rates as (

    select * from {{ ref('int_exchange_rates_daily') }}

),

-- If a customer's segment has changed, the customer is the item, and not each of its documents.
named as (

    select
        events.*,
        {{ in_reporting_currency('events.amount') }} as amount_reporting,
        case when events.kind = 'segment' then 'customer' else events.item_type end as named_type,
        case when events.kind = 'segment' then events.customer_id else events.item_id end as named_id,
        events.customer_id || ', ' || cast(events.effective_date as string) || ', '
        || coalesce(cast(events.due_date as string), '') || ', ' || cast(events.is_credit_sale as string) as particulars
    from events
    left join rates
        on
            events.effective_date = rates.date_day
            and events.currency_code = rates.currency_code

),

-- Changes between members of one level cancel out at that level.
leveled as (

    select
        {{ scope_of() }} as scope,
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

),

-- The largest items over all months are among the largest items of single months: only those are joined with the months
-- they change.
sized as (

    select
        scope,
        kind,
        item_type,
        item_id,
        currency_code,
        row_number() over (
            partition by scope, kind, detected_at, month_end
            order by
                sum(abs(amount_reporting)) desc nulls last,
                item_type asc nulls last, item_id asc nulls last, currency_code asc nulls last
        ) as rank_in_month
    from leveled
    group by scope, kind, detected_at, month_end, item_type, item_id, currency_code

),

large as (

    select distinct
        scope,
        kind,
        item_type,
        item_id,
        currency_code
    from sized
    where rank_in_month <= {{ named_items }}

),

final as (

    select leveled.*
    from leveled
    inner join large
        on
            leveled.scope = large.scope
            and leveled.kind = large.kind
            and leveled.item_type = large.item_type
            and leveled.item_id = large.item_id
            and leveled.currency_code = large.currency_code

)

select * from final
