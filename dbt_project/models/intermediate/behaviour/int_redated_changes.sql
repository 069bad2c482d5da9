with

ledger as (

    select
        event_id,
        item_id as invoice_id,
        coalesce(instalment_id, '') as part_key,
        company_id,
        currency_code,
        due_date,
        coalesce(cast(due_date as string), 'none') as due_key,
        event_type,
        effective_date,
        amount,
        cast({{ dbt.last_day('effective_date', 'month') }} as date) as month_end
    from {{ ref('int_ledger') }}
    where
        item_type = 'invoice'
        and item_id in (select due_dates.invoice_id from {{ ref('int_due_dates') }} as due_dates)

),

parts as (

    select
        *,
        coalesce(instalment_id, '') as part_key
    from {{ ref('int_invoice_parts') }}

),

months as (

    select * from {{ ref('int_months') }}

),

-- Each change with the due dates of its part at its month's start and end.
placed as (

    select
        ledger.*,
        months.month_start,
        opening.due_date as opening_due_date,
        coalesce(cast(opening.due_date as string), 'none') as opening_due_key,
        closing.due_date as closing_due_date
    from ledger
    inner join months on ledger.month_end = months.month_end
    inner join parts as opening
        on
            ledger.invoice_id = opening.invoice_id
            and ledger.part_key = opening.part_key
            and months.month_start > opening.valid_from
            and (opening.valid_until is null or months.month_start <= opening.valid_until)
    inner join parts as closing
        on
            ledger.invoice_id = closing.invoice_id
            and ledger.part_key = closing.part_key
            and months.balance_date >= closing.valid_from
            and (closing.valid_until is null or months.balance_date < closing.valid_until)

)

select * from placed
