-- Guards: invoices and receipts, one by one, add up to the daily balance of the as-of day.
-- Why it matters: nobody can defend a list of open items that does not add up to the balance.
-- A row is a company and currency in which they differ. Credit memos have no mart: they are taken from the ledger.
with

invoices as (

    select * from {{ ref('fct_invoices') }}

),

receipts as (

    select * from {{ ref('fct_receipts') }}

),

ledger as (

    select * from {{ ref('fct_receivables_ledger') }}

),

receivables as (

    select * from {{ ref('receivables_daily') }}

),

items as (

    select
        company_id,
        currency_code,
        open_balance - overpaid_amount as balance
    from invoices
    union all
    select
        company_id,
        currency_code,
        -unapplied_amount as balance
    from receipts
    union all
    select
        company_id,
        currency_code,
        amount as balance
    from ledger
    where item_type = 'credit_memo'

),

added_up as (

    select
        company_id,
        currency_code,
        sum(balance) as items_balance
    from items
    group by company_id, currency_code

),

at_the_end as (

    select
        company_id,
        currency_code,
        sum(closing_balance) as closing_balance
    from receivables
    where date_day = {{ as_of_date() }}
    group by company_id, currency_code

)

select
    added_up.company_id,
    added_up.currency_code,
    added_up.items_balance,
    at_the_end.closing_balance
from added_up
left join at_the_end
    on
        added_up.company_id = at_the_end.company_id
        and added_up.currency_code = at_the_end.currency_code
where added_up.items_balance <> coalesce(at_the_end.closing_balance, 0)
