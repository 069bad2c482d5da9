with

laid_invoices as (

    select * from {{ ref('int_laid_invoices') }}

),

invoices as (

    select * from {{ ref('int_invoices') }}

),

instalments as (

    select * from {{ ref('int_instalments') }}

),

due_dates as (

    select * from {{ ref('int_due_dates') }}

),

-- An invoice without instalments is one part.
parts as (

    select
        invoices.invoice_id,
        instalments.instalment_id,
        case when instalments.instalment_id is null then invoices.due_date else instalments.due_date end as due_date,
        case when instalments.instalment_id is null then invoices.due_date_by_terms end as due_date_by_terms,
        coalesce(instalments.amount, invoices.amount) as amount,
        invoices.amount as invoice_amount
    from invoices
    inner join laid_invoices on invoices.invoice_id = laid_invoices.invoice_id
    left join instalments on invoices.invoice_id = instalments.invoice_id

),

-- A set of due dates begins on the first day, and on each day on which another due date came into force.
starts as (

    select
        invoice_id,
        cast('0001-01-01' as date) as valid_from
    from laid_invoices
    union distinct
    select
        invoice_id,
        in_force_from as valid_from
    from due_dates
    where in_force_from <= {{ as_of_date() }}

),

spans as (

    select
        invoice_id,
        valid_from,
        lead(valid_from) over (partition by invoice_id order by valid_from asc nulls last) as valid_until
    from starts

),

dated as (

    select
        parts.invoice_id,
        parts.instalment_id,
        spans.valid_from,
        spans.valid_until,
        case
            when due_dates.record_id is null then parts.due_date
            else coalesce(due_dates.due_date, parts.due_date_by_terms)
        end as due_date,
        parts.amount,
        parts.invoice_amount
    from parts
    inner join spans on parts.invoice_id = spans.invoice_id
    left join due_dates
        on
            parts.invoice_id = due_dates.invoice_id
            and coalesce(parts.instalment_id, '') = coalesce(due_dates.instalment_id, '')
            and spans.valid_from >= due_dates.in_force_from
            and spans.valid_from < coalesce(due_dates.in_force_until, cast('9999-12-31' as date))

),

-- Amounts that reduce the invoice cover its parts, earliest due date first: each part begins at lower_bound.
placed as (

    select
        *,
        sum(amount) over (
            partition by invoice_id, valid_from
            order by due_date asc nulls last, instalment_id asc nulls last
            rows between unbounded preceding and current row
        ) as upper_bound,
        row_number() over (
            partition by invoice_id, valid_from order by due_date desc nulls first, instalment_id desc nulls first
        ) as place_from_last
    from dated

),

final as (

    select
        invoice_id,
        instalment_id,
        valid_from,
        valid_until,
        due_date,
        amount,
        cast(upper_bound - amount as decimal(18, 4)) as lower_bound,
        invoice_amount,
        place_from_last = 1 as is_last
    from placed

)

select * from final
