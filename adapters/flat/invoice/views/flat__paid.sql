-- A row an invoice or a credit memo of which something was paid, and how much: all of it, unless the list says.
with paid as (
    select
        invoice_id,
        company_id,
        customer_id,
        currency_code,
        paid_date,
        amount > 0 as is_invoice,
        abs(amount) as amount,
        abs(coalesce(paid_amount, amount)) as paid_amount
    from {{ source('flat', 'rows') }}
    where paid_date is not null and amount <> 0
)

select * from paid
where paid_amount > 0
