{#- Raw tables whose records land again when they change: domain, key, and the date by which a version undoes them.
    What an adjustment undoes is another record. -#}
{%- set landed_again = {
    'invoices': ['ar', 'invoice_id', 'voided_date'],
    'adjustments': ['ar', 'adjustment_id', 'adjustment_date'],
    'applications': ['payments', 'application_id', 'unapplied_date'],
} -%}
{%- set landed_on = 'cast(coalesce(recorded_at, loaded_at) as date)' -%}

with

event_types as (

    select * from {{ ref('ledger_event_types') }}

),

-- Events recorded after their month could be closed.
late as (

    select
        ledger.event_id,
        ledger.source_table,
        ledger.source_id,
        ledger.effective_date,
        cast(ledger.recorded_at as date) as recorded_on,
        event_types.is_undoing
    from {{ ref('fct_receivables_ledger') }} as ledger
    inner join event_types on ledger.event_type = event_types.event_type
    where
        (ledger.item_type = 'invoice' or ledger.change_type = 'written_off')
        and {{ dbt.datediff('ledger.effective_date', 'ledger.recorded_at', 'day') }} > {{ var('close_lag_days') }}

),

first_days as (

    {% for table, (domain, _, _) in landed_again.items() -%}
        select min({{ landed_on }}) as first_day from {{ source(domain, table) }}
        {% if not loop.last -%}
            union all
        {% endif -%}
    {% endfor %}

),

-- What the first day of recording brought is history: it counts from the day it is dated.
began as (

    {% if var('history_recorded_by') -%}
        select cast('{{ var("history_recorded_by") }}' as date) as last_day
    {%- else -%}
        select min(first_day) as last_day from first_days
    {%- endif %}

),

-- A record that lands again was known from its first version on, and what undoes it from the first that says so.
first_versions as (

    {% for table, (domain, key, undone) in landed_again.items() -%}
        select
            '{{ table }}' as source_table,
            {{ key }} as source_id,
            min({{ landed_on }}) as recorded_on,
            min(case when {{ undone }} is not null then {{ landed_on }} end) as undone_on
        from {{ source(domain, table) }}
        where
            not coalesce(is_deleted, false)
            and {{ landed_on }} <= {{ known_as_of_date() }}
            and {{ key }} in (
                select late.source_id from late
                where late.source_table = '{{ table }}'
            )
        group by {{ key }}
        {% if not loop.last -%}
            union all
        {% endif -%}
    {% endfor %}

),

learnt as (

    select
        late.event_id,
        late.effective_date,
        least(
            coalesce(
                case when late.is_undoing then first_versions.undone_on else first_versions.recorded_on end,
                late.recorded_on
            ),
            late.recorded_on
        ) as recorded_on
    from late
    left join first_versions
        on
            late.source_table = first_versions.source_table
            and late.source_id = first_versions.source_id

),

dated as (

    select
        learnt.event_id,
        learnt.effective_date,
        cast({{ dbt.dateadd('day', '-' ~ var('close_lag_days'), 'learnt.recorded_on') }} as date) as known_date
    from learnt
    cross join began
    where learnt.recorded_on > began.last_day

),

final as (

    select
        event_id,
        known_date
    from dated
    where known_date > effective_date

)

select * from final
