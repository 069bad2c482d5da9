with

differences as (

    select * from {{ ref('int_ledger_differences') }}

),

records as (

    select * from {{ ref('int_restated_records') }}

),

published_changes as (

    select * from {{ ref('int_published_changes') }}

),

event_types as (

    select * from {{ ref('ledger_event_types') }}

),

dated as (

    select
        differences.*,
        records.record_was_there,
        records.record_is_there,
        records.waits_for,
        records.what_changed,
        cast({{ dbt.last_day('differences.effective_date', 'month') }} as date) as month_end
    from differences
    inner join records
        on
            differences.source_table = records.source_table
            and differences.source_id = records.source_id
            and differences.event_type = records.event_type
            and differences.item_type = records.item_type

),

-- A record that was there has other values; of one that wasn't, whether the source had it when the month was closed.
named as (

    select
        dated.*,
        case
            when dated.entry = 'before' and not dated.record_is_there
                then case when dated.waits_for is null then 'deleted' else 'waiting' end
            when dated.entry = 'after' and not dated.is_in_both and event_types.is_undoing then 'reversed'
            when dated.segment_change is not null then 'segment'
            when dated.record_was_there then 'amended'
            when
                cast(dated.recorded_at as date)
                <= cast({{ dbt.dateadd('day', var('close_lag_days'), 'dated.month_end') }} as date)
                then 'late_posting'
            else 'backdated'
        end as kind
    from dated
    inner join event_types on dated.event_type = event_types.event_type

),

found_today as (

    select
        {{ refreshed_at() }} as detected_at,
        {{ as_of_date() }} as detected_as_of,
        event_id,
        entry,
        kind,
        event_type,
        item_type,
        item_id,
        company_id,
        customer_id,
        segment,
        due_date,
        effective_date,
        month_end,
        currency_code,
        amount,
        is_credit_sale,
        recorded_at,
        source_table,
        source_id,
        coalesce(segment_change, what_changed) as what_changed
    from named

),

unioned as (

    select * from published_changes
    union all
    select * from found_today

)

select * from unioned
