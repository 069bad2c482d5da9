with

ledger as (

    select * from {{ ref('int_ledger') }}
    where item_type = 'invoice'

),

-- An invoice, or an instalment of one, in the months in which it changed.
by_item as (

    select
        item_id,
        company_id,
        currency_code,
        due_date,
        coalesce(cast(due_date as string), 'none') as due_key,
        cast({{ dbt.last_day('effective_date', 'month') }} as date) as month_end,
        sum(amount) as balance_change,
        -sum(case when event_type in ('receipt_applied', 'receipt_unapplied') then amount else 0 end) as paid,
        -sum(case when event_type in ('write_off', 'write_off_reversal') then amount else 0 end) as written_off
    from ledger
    group by
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
            partition by item_id, due_key order by month_end asc nulls last
            rows between unbounded preceding and current row
        ) - balance_change <> 0 as is_in_cohort
    from by_item

),

-- A bucket depends on the due date alone: invoices due on one day age together. What moves an invoice that stood at
-- zero at the month's start (a new one, one that is reopened) has no place in its cohort yet.
monthly as (

    select
        company_id,
        currency_code,
        due_date,
        due_key,
        month_end,
        sum(balance_change) as balance_change,
        sum(case when is_in_cohort then paid else 0 end) as paid,
        sum(case when is_in_cohort then written_off else 0 end) as written_off,
        sum(case when is_in_cohort then -balance_change - paid - written_off else 0 end) as credited
    from opened
    group by
        company_id,
        currency_code,
        due_date,
        due_key,
        month_end

),

final as (

    select
        *,
        sum(balance_change) over (
            partition by company_id, currency_code, due_key order by month_end asc nulls last
            rows between unbounded preceding and current row
        ) as closing_balance,
        lead(month_end) over (
            partition by company_id, currency_code, due_key order by month_end asc nulls last
        ) as next_month_end
    from monthly

)

select * from final
