{{ config(materialized='view') }}

with

balances as (

    select * from {{ ref('int_due_date_balances') }}

),

months as (

    select * from {{ ref('int_months') }}

),

moves as (

    select * from {{ ref('int_due_date_moves') }}

),

-- What stood at one month's end is followed to the next: it opens every month after its change, up to the next change.
opened as (

    select
        months.month_end,
        balances.company_id,
        balances.currency_code,
        balances.due_date,
        balances.due_key,
        balances.closing_balance as opening_balance
    from balances
    inner join months
        on
            balances.month_end < months.month_end
            and (balances.next_month_end is null or balances.next_month_end >= months.month_end)
    where balances.closing_balance <> 0

),

unioned as (

    select
        opened.month_end,
        opened.company_id,
        opened.currency_code,
        opened.due_key,
        opened.due_key as to_due_key,
        opened.due_date,
        opened.due_date as to_due_date,
        opened.opening_balance,
        coalesce(changes.paid, 0) as paid,
        coalesce(changes.credited, 0) as credited,
        coalesce(changes.written_off, 0) as written_off
    from opened
    left join balances as changes
        on
            opened.month_end = changes.month_end
            and opened.company_id = changes.company_id
            and opened.currency_code = changes.currency_code
            and opened.due_key = changes.due_key
    union all
    select
        month_end,
        company_id,
        currency_code,
        due_key,
        to_due_key,
        due_date,
        to_due_date,
        opening_balance,
        paid,
        credited,
        written_off
    from moves

),

-- What got another due date in the month is followed to where that one stands at its end.
final as (

    select
        month_end,
        company_id,
        currency_code,
        due_key,
        to_due_key,
        due_date,
        to_due_date,
        sum(opening_balance) as opening_balance,
        sum(paid) as paid,
        sum(credited) as credited,
        sum(written_off) as written_off
    from unioned
    group by
        month_end,
        company_id,
        currency_code,
        due_key,
        to_due_key,
        due_date,
        to_due_date

)

select * from final
