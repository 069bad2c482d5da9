with

placed as (

    select * from {{ ref('int_redated_changes') }}

),

part_months as (

    select
        invoice_id,
        part_key,
        company_id,
        currency_code,
        month_end,
        month_start,
        opening_due_date,
        opening_due_key,
        closing_due_date
    from placed
    group by
        invoice_id,
        part_key,
        company_id,
        currency_code,
        month_end,
        month_start,
        opening_due_date,
        opening_due_key,
        closing_due_date

),

stood as (

    select
        part_months.*,
        earlier.amount
    from part_months
    inner join placed as earlier
        on
            part_months.invoice_id = earlier.invoice_id
            and part_months.part_key = earlier.part_key
            and part_months.month_start > earlier.effective_date

),

-- What stood at the month's start goes to the due date in force at its end, with all that left it; it leaves where it
-- is counted by the due dates of the changes alone (int_due_date_balances).
entries as (

    {% for due_date, due_key, to_due_date, sign in [
        ('opening_due_date', 'opening_due_key', 'closing_due_date', 1),
        ('opening_due_date', 'opening_due_key', 'opening_due_date', -1),
    ] -%}
        select
            invoice_id, company_id, currency_code, month_end, month_start,
            {{ due_date }} as due_date,
            {{ due_key }} as due_key,
            {{ to_due_date }} as to_due_date,
            'opening' as event_type,
            {{ sign }} * amount as amount
        from stood
        union all
    {% endfor -%}
    {% for due_date, due_key, to_due_date, sign in [
        ('opening_due_date', 'opening_due_key', 'closing_due_date', -1),
        ('due_date', 'due_key', 'due_date', 1),
    ] -%}
        select
            invoice_id, company_id, currency_code, month_end, month_start,
            {{ due_date }} as due_date,
            {{ due_key }} as due_key,
            {{ to_due_date }} as to_due_date,
            event_type,
            {{ sign }} * amount as amount
        from placed
        where event_type <> 'due_date_changed'
        {% if not loop.last -%}
            union all
        {% endif -%}
    {% endfor %}

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
