with

ledger as (

    select * from {{ ref('int_ledger') }}
    where item_type = 'invoice'

),

invoices as (

    select * from {{ ref('int_invoices') }}

),

-- A bucket depends on the due date alone: invoices due on one day age together. What leaves invoices of earlier months
-- is told by kind; invoices issued within the month have no place in its cohort yet.
dated as (

    select
        ledger.company_id,
        ledger.currency_code,
        ledger.due_date,
        coalesce(cast(ledger.due_date as string), 'none') as due_key,
        cast({{ dbt.last_day('ledger.effective_date', 'month') }} as date) as month_end,
        ledger.amount,
        case
            when
                cast({{ dbt.last_day('ledger.effective_date', 'month') }} as date)
                = cast({{ dbt.last_day('invoices.invoice_date', 'month') }} as date)
                then 'new'
            when ledger.event_type in ('receipt_applied', 'receipt_unapplied') then 'paid'
            when ledger.event_type in ('write_off', 'write_off_reversal') then 'written_off'
            else 'credited'
        end as kind
    from ledger
    inner join invoices on ledger.item_id = invoices.invoice_id

),

monthly as (

    select
        company_id,
        currency_code,
        due_date,
        due_key,
        month_end,
        sum(amount) as balance_change,
        -sum(case when kind = 'paid' then amount else 0 end) as paid,
        -sum(case when kind = 'credited' then amount else 0 end) as credited,
        -sum(case when kind = 'written_off' then amount else 0 end) as written_off
    from dated
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
