with

placed as (

    select * from {{ ref('int_redated_changes') }}

),

entries as (

    select * from {{ ref('int_redated_entries') }}

),

asked as (

    select
        invoice_id,
        month_start,
        due_key
    from entries
    group by
        invoice_id,
        month_start,
        due_key

),

-- Only what stood at the month's start has a cohort.
opened as (

    select
        asked.invoice_id,
        asked.month_start,
        asked.due_key
    from asked
    inner join placed
        on
            asked.invoice_id = placed.invoice_id
            and asked.due_key = placed.due_key
            and asked.month_start > placed.effective_date
    group by
        asked.invoice_id,
        asked.month_start,
        asked.due_key
    having sum(placed.amount) <> 0

),

summed as (

    select
        entries.month_end,
        entries.company_id,
        entries.currency_code,
        entries.due_key,
        entries.due_date,
        entries.to_due_date,
        sum(case when entries.event_type = 'opening' then entries.amount else 0 end) as opening_balance,
        sum(case when entries.event_type in ('receipt_applied', 'receipt_unapplied') then entries.amount else 0 end)
            as paid,
        sum(case when entries.event_type in ('write_off', 'write_off_reversal') then entries.amount else 0 end)
            as written_off,
        sum(case when entries.event_type <> 'opening' then entries.amount else 0 end) as gone
    from entries
    inner join opened
        on
            entries.invoice_id = opened.invoice_id
            and entries.month_start = opened.month_start
            and entries.due_key = opened.due_key
    group by
        entries.month_end,
        entries.company_id,
        entries.currency_code,
        entries.due_key,
        entries.due_date,
        entries.to_due_date

),

final as (

    select
        month_end,
        company_id,
        currency_code,
        due_key,
        due_date,
        coalesce(cast(to_due_date as string), 'none') as to_due_key,
        to_due_date,
        opening_balance,
        paid,
        gone - paid - written_off as credited,
        written_off
    from summed
    where
        opening_balance <> 0
        or gone <> 0
        or paid <> 0
        or written_off <> 0

)

select * from final
