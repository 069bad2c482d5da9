{{ config(materialized='incremental', incremental_strategy='add_up') }}

with

ledger as (

    select
        *,
        1 as sign
    from {{ ref('fct_receivables_ledger') }}
    where item_type = 'invoice'

),

-- What this run replaces, as it is and as it was.
replaced as (

    select * from {{ ref('int_replaced_events') }}
    where item_type = 'invoice'

),

-- An invoice, or an instalment of one, in the months in which it changed.
by_item as (

    select
        sign,
        item_id,
        company_id,
        currency_code,
        due_date,
        coalesce(cast(due_date as string), 'none') as due_key,
        cast({{ dbt.last_day('effective_date', 'month') }} as date) as month_end,
        sum(amount) as balance_change,
        sum(case when change_type = 'redated' then amount else 0 end) as moved,
        -sum(case when change_type = 'paid' then amount else 0 end) as paid,
        -sum(case when change_type = 'written_off' then amount else 0 end) as written_off
    from {{ 'replaced' if increments() else 'ledger' }}
    group by
        sign,
        item_id,
        company_id,
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

-- A bucket depends on the due date alone: invoices due on one day age together. What moves an invoice that stood at
-- zero at the month's start (a new one, one that is reopened) has no place in its cohort yet. What moved to another due
-- date is followed apart (int_due_date_moves).
final as (

    select
        company_id,
        currency_code,
        due_date,
        due_key,
        month_end,
        cast(sum(sign * balance_change) as decimal(18, 4)) as balance_change,
        cast(sum(case when is_in_cohort then sign * paid else 0 end) as decimal(18, 4)) as paid,
        cast(sum(case when is_in_cohort then sign * written_off else 0 end) as decimal(18, 4)) as written_off,
        cast(
            sum(case when is_in_cohort then -sign * (balance_change - moved + paid + written_off) else 0 end)
            as decimal(18, 4)
        ) as other_reductions,
        '{{ this_run_id() }}' as changed_in
    from opened
    group by
        company_id,
        currency_code,
        due_date,
        due_key,
        month_end

)

select * from final
