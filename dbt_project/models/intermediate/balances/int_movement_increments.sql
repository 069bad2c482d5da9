{{ config(materialized='incremental', incremental_strategy='add_up') }}

with

ledger as (

    select
        *,
        1 as event_count
    from {{ ref('fct_receivables_ledger') }}

),

changes as (

    select * from {{ ref('int_ledger_changes_this_run') }}

),

event_types as (

    select * from {{ ref('ledger_event_types') }}

),

summed as (

    select
        effective_date,
        company_id,
        segment,
        currency_code,
        event_type,
        item_type,
        sum(amount) as amount,
        sum(case when is_credit_sale then amount else 0 end) as net_credit_sales,
        sum(event_count) as event_count
    from {{ 'changes' if increments() else 'ledger' }}
    where segment is not null
    group by
        effective_date,
        company_id,
        segment,
        currency_code,
        event_type,
        item_type

),

named as (

    select
        summed.effective_date,
        summed.company_id,
        summed.segment,
        summed.currency_code,
        summed.item_type,
        event_types.movement,
        summed.amount,
        event_types.direction * summed.amount as movement_amount,
        summed.net_credit_sales,
        case when event_types.is_taken_over then summed.amount else 0 end as taken_over,
        summed.event_count
    from summed
    inner join event_types on summed.event_type = event_types.event_type

),

final as (

    select
        effective_date as date_day,
        company_id,
        segment,
        currency_code,
        {% for movement in var('movements') -%}
            cast(sum(case when movement = '{{ movement }}' then movement_amount else 0 end) as decimal(18, 4))
                as {{ movement }},
        {% endfor -%}
        cast(sum(net_credit_sales) as decimal(18, 4)) as net_credit_sales,
        cast(sum(taken_over) as decimal(18, 4)) as taken_over,
        cast(sum(amount) as decimal(18, 4)) as balance_change,
        cast(sum(case when item_type = 'invoice' then amount else 0 end) as decimal(18, 4)) as open_invoices_change,
        cast(sum(event_count) as integer) as event_count,
        '{{ this_run_id() }}' as changed_in
    from named
    group by
        effective_date,
        company_id,
        segment,
        currency_code

)

select * from final
