{%- set measures = ['opening_balance', 'paid', 'other_reductions', 'written_off'] -%}

with

ledger as (

    select * from {{ ref('fct_receivables_ledger') }}
    where
        item_type = 'invoice'
        and item_id in (select due_dates.invoice_id from {{ ref('int_due_dates') }} as due_dates)

),

parts as (

    select * from {{ ref('int_invoice_parts') }}

),

months as (

    select * from {{ ref('int_months') }}

),

-- Parts (an invoice, or one of its instalments) that got another due date within a month, with their due dates at the
-- month's start and at its end.
redated as (

    select
        months.month_start,
        months.month_end,
        opening.invoice_id,
        opening.instalment_id,
        opening.due_date as opening_due_date,
        coalesce(cast(opening.due_date as string), 'none') as opening_due_key,
        closing.due_date as closing_due_date
    from parts as opening
    inner join months
        on
            opening.valid_from < months.month_start
            and opening.valid_until between months.month_start and months.balance_date
    inner join parts as closing
        on
            opening.invoice_id = closing.invoice_id
            and coalesce(opening.instalment_id, '') = coalesce(closing.instalment_id, '')
            and months.balance_date >= closing.valid_from
            and (closing.valid_until is null or months.balance_date < closing.valid_until)

),

-- Their balance at the month's start, and what reduced it in the month.
changes as (

    select
        redated.*,
        ledger.company_id,
        ledger.currency_code,
        ledger.due_date as event_due_date,
        coalesce(cast(ledger.due_date as string), 'none') as event_due_key,
        case
            when ledger.effective_date < redated.month_start then 'opening_balance'
            when ledger.change_type = 'paid' then 'paid'
            when ledger.change_type = 'written_off' then 'written_off'
            when ledger.change_type <> 'redated' then 'other_reductions'
        end as measure,
        case when ledger.effective_date < redated.month_start then ledger.amount else -ledger.amount end as amount
    from redated
    inner join ledger
        on
            redated.invoice_id = ledger.item_id
            and coalesce(redated.instalment_id, '') = coalesce(ledger.instalment_id, '')
            and redated.month_end >= ledger.effective_date

),

-- Only a balance at the month's start is in a cohort. All parts of an invoice are taken in the same months.
opened as (

    select
        invoice_id,
        month_end,
        event_due_key as due_key
    from changes
    where measure = 'opening_balance'
    group by
        invoice_id,
        month_end,
        event_due_key
    having sum(amount) <> 0

),

-- Everything is added as a move from the first due date to the last, and subtracted under the due dates of the events,
-- where int_due_date_increments counts it.
final as (

    {% for due, to_due_date, sign in [('opening_due', 'closing_due_date', ''), ('event_due', 'event_due_date', '-')] -%}
        select
            changes.month_end,
            changes.company_id,
            changes.currency_code,
            changes.{{ due }}_date as due_date,
            {% for measure in measures -%}
                case when changes.measure = '{{ measure }}' then {{ sign }}changes.amount else 0 end as {{ measure }},
            {% endfor -%}
            changes.{{ to_due_date }} as to_due_date
        from changes
        inner join opened
            on
                changes.invoice_id = opened.invoice_id
                and changes.month_end = opened.month_end
                and changes.{{ due }}_key = opened.due_key
        where changes.measure is not null
        {% if not loop.last -%}
            union all
        {% endif -%}
    {% endfor %}

)

select * from final
