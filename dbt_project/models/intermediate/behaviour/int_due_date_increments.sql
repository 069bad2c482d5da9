{{ config(materialized='incremental', incremental_strategy='add_up') }}

with

ledger as (

    select
        *,
        1 as sign
    from {{ ref('fct_receivables_ledger') }}
    where item_type = 'invoice'

),

-- The events that this run replaces: as they are now, and as they were before.
replaced as (

    select * from {{ ref('int_replaced_events') }}
    where item_type = 'invoice'

),

-- One row for each invoice or instalment and each month in which it changed.
by_item as (

    select
        sign,
        item_id,
        company_id,
        segment,
        currency_code,
        due_date,
        coalesce(cast(due_date as string), 'none') as due_key,
        cast({{ dbt.last_day('effective_date', 'month') }} as date) as month_end,
        sum(amount) as balance_change,
        sum(case when change_type = 'redated' then amount else 0 end) as moved,
        -sum(case when change_type = 'paid' then amount else 0 end) as paid,
        -sum(case when change_type = 'written_off' then amount else 0 end) as written_off,
        count(*) as event_count
    from {{ 'replaced' if increments() else 'ledger' }}
    group by
        sign,
        item_id,
        company_id,
        segment,
        currency_code,
        due_date,
        coalesce(cast(due_date as string), 'none'),
        cast({{ dbt.last_day('effective_date', 'month') }} as date)

),

opened as (

    select
        *,
        sum(balance_change) over (
            partition by sign, item_id, due_key order by month_end asc nulls last
            rows between unbounded preceding and current row
        ) - balance_change <> 0 as is_in_cohort
    from by_item

),

-- The bucket depends on the due date only, so invoices with the same due date age together. An invoice with a balance
-- of zero at the month's start (new or reopened) is not part of the month's cohort. Amounts that moved to another due
-- date are in int_due_date_moves.
final as (

    select
        company_id,
        segment,
        coalesce(segment, '') as segment_key,
        currency_code,
        due_date,
        due_key,
        month_end,
        cast(sum(sign * balance_change) as decimal(18, 4)) as balance_change,
        cast(sum(case when is_in_cohort then sign * balance_change else 0 end) as decimal(18, 4)) as cohort_change,
        cast(sum(case when is_in_cohort then sign * paid else 0 end) as decimal(18, 4)) as paid,
        cast(sum(case when is_in_cohort then sign * written_off else 0 end) as decimal(18, 4)) as written_off,
        cast(
            sum(case when is_in_cohort then -sign * (balance_change - moved + paid + written_off) else 0 end)
            as decimal(18, 4)
        ) as other_reductions,
        cast(sum(sign * event_count) as bigint) as event_count,
        '{{ this_run_id() }}' as changed_in
    from opened
    group by
        company_id,
        segment,
        currency_code,
        due_date,
        due_key,
        month_end

)

select * from final
