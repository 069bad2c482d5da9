-- A row what a journal entry or a deposit posts to accounts receivable for one customer on one side. What it is follows
-- from the journal's other accounts, if they are all of one kind.
with accounts as (
    select
        account_id,
        account_type = 'Accounts Receivable' as is_receivable,
        case
            when account_type = 'Bank' or account_sub_type = 'UndepositedFunds' then 'receipt'
            when account_sub_type = 'OpeningBalanceEquity' then 'opening'
            when account_name in {{ option('write_off_accounts') }} then 'write_off'
            when account_id in {{ option('write_off_accounts') }} then 'write_off'
            when account_name in {{ option('discount_accounts') }} then 'discount'
            when account_id in {{ option('discount_accounts') }} then 'discount'
            else 'other'
        end as kind
    from {{ ref('quickbooks__accounts') }}
),

journal_lines as (
    select * from {{ ref('quickbooks__journal_lines') }}
),

other_sides as (
    select
        journal_lines.journal_id,
        case when min(accounts.kind) = max(accounts.kind) then min(accounts.kind) end as kind
    from journal_lines
    inner join accounts on journal_lines.account_id = accounts.account_id
    where not accounts.is_receivable
    group by journal_lines.journal_id
),

lines as (
    select
        journal_lines.*,
        'journal_entry' as linked_type,
        case
            when journal_lines.side = 'debit' and other_sides.kind = 'opening' then 'opening_balance'
            when journal_lines.side = 'debit' then 'debit_memo'
            when other_sides.kind = 'opening' then 'opening_credit'
            when other_sides.kind in ('receipt', 'write_off', 'discount') then other_sides.kind
            else 'credit_memo'
        end as kind
    from journal_lines
    inner join accounts on journal_lines.account_id = accounts.account_id
    left join other_sides on journal_lines.journal_id = other_sides.journal_id
    where accounts.is_receivable

    union all

    select
        deposit_lines.*,
        'deposit',
        'receipt'
    from {{ ref('quickbooks__deposit_lines') }} as deposit_lines
    inner join accounts on deposit_lines.account_id = accounts.account_id
    where accounts.is_receivable
)

select
    kind,
    journal_id || '-' || customer_id as document_id,
    linked_type,
    journal_id as linked_id,
    side,
    _company_id,
    customer_id,
    document_no,
    transaction_date,
    currency_code,
    exchange_rate,
    sum(amount) as amount,
    updated_at,
    is_deleted
from lines
where customer_id is not null
group by
    kind,
    journal_id,
    customer_id,
    linked_type,
    side,
    _company_id,
    document_no,
    transaction_date,
    currency_code,
    exchange_rate,
    updated_at,
    is_deleted
