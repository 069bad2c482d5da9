{{ config(materialized='incremental', unique_key='invoice_id') }}

with

ledger as (

    select * from {{ ref('fct_receivables_ledger') }}
    where
        item_type = 'invoice'
        and {{ this_run(ref('int_items_this_run'), {'item_id': 'invoice_id'}) }}

),

invoices as (

    select * from {{ ref('int_invoices') }}

),

daily as (

    select
        item_id as invoice_id,
        due_date,
        effective_date,
        sum(amount) as balance_change,
        -sum(case when change_type = 'paid' then amount else 0 end) as paid_amount,
        sum(case when change_type = 'issued' or (change_type = 'redated' and amount > 0) then amount else 0 end)
            as asked_amount
    from ledger
    group by
        item_id,
        due_date,
        effective_date

),

-- What is done and undone within a day changed nothing that day.
summed as (

    select
        invoice_id,
        due_date,
        min(effective_date) as started_on,
        coalesce(max(case when balance_change <> 0 then effective_date end), min(effective_date)) as last_change_date,
        sum(balance_change) as open_balance,
        sum(paid_amount) as paid_amount,
        sum(asked_amount) as asked_amount
    from daily
    group by
        invoice_id,
        due_date

),

-- Paid means that nothing is left and at least half of it came in as money.
final as (

    select
        summed.invoice_id,
        cast(
            row_number() over (partition by summed.invoice_id order by summed.due_date asc nulls last) as integer
        ) as part,
        summed.due_date,
        invoices.company_id,
        invoices.customer_id,
        invoices.currency_code,
        invoices.is_credit_sale,
        summed.started_on,
        case when summed.open_balance = 0 then summed.last_change_date end as ended_on,
        (
            summed.open_balance = 0
            and summed.asked_amount > 0
            and 2 * summed.paid_amount >= summed.asked_amount
        ) as is_paid,
        summed.open_balance
    from summed
    inner join invoices on summed.invoice_id = invoices.invoice_id

)

select * from final
