with

invoices as (

    select * from {{ ref('int_invoices') }}

),

balances as (

    select * from {{ ref('int_invoice_balances') }}
    where
        open_balance <> 0
        or overpaid_amount <> 0

),

lateness as (

    select * from {{ ref('int_invoice_lateness') }}

),

ledger as (

    select * from {{ ref('fct_receivables_ledger') }}

),

-- If an invoice has instalments, some may be past due while others are not.
past_due as (

    select
        ledger.item_id as invoice_id,
        sum(ledger.amount) as past_due_balance
    from ledger
    inner join balances on ledger.item_id = balances.invoice_id
    where
        ledger.item_type = 'invoice'
        and ledger.due_date < {{ as_of_date() }}
    group by ledger.item_id

),

-- The first event of a receipt or memo is on its own date: nothing is applied before.
credits as (

    select
        item_type,
        item_id,
        company_id,
        customer_id,
        currency_code,
        min(effective_date) as document_date,
        sum(amount) as balance
    from ledger
    where item_type in ('receipt', 'credit_memo')
    group by item_type, item_id, company_id, customer_id, currency_code
    having sum(amount) <> 0

),

final as (

    select
        'invoice' as item_type,
        invoices.invoice_id as item_id,
        invoices.company_id,
        invoices.customer_id,
        invoices.currency_code,
        invoices.invoice_date as document_date,
        balances.oldest_open_due_date as due_date,
        balances.open_balance as balance,
        coalesce(past_due.past_due_balance, 0) as past_due_balance,
        lateness.days_past_due,
        lateness.aging_bucket
    from balances
    inner join invoices on balances.invoice_id = invoices.invoice_id
    left join past_due on balances.invoice_id = past_due.invoice_id
    left join lateness on balances.invoice_id = lateness.invoice_id
    where balances.open_balance <> 0
    union all
    select
        'overpayment' as item_type,
        invoices.invoice_id as item_id,
        invoices.company_id,
        invoices.customer_id,
        invoices.currency_code,
        invoices.invoice_date as document_date,
        cast(null as date) as due_date,
        -balances.overpaid_amount as balance,
        0 as past_due_balance,
        cast(null as integer) as days_past_due,
        cast(null as string) as aging_bucket
    from balances
    inner join invoices on balances.invoice_id = invoices.invoice_id
    where balances.overpaid_amount <> 0
    union all
    select
        item_type,
        item_id,
        company_id,
        customer_id,
        currency_code,
        document_date,
        cast(null as date) as due_date,
        balance,
        0 as past_due_balance,
        cast(null as integer) as days_past_due,
        cast(null as string) as aging_bucket
    from credits

)

select * from final
