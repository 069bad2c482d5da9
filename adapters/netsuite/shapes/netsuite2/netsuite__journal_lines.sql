-- A row a journal's line on a receivables account.
with lines as (
    select * from {{ source('netsuite', 'transactionline') }}
),

accounting_lines as (
    select * from {{ source('netsuite', 'transactionaccountingline') }}
),

accounts as (
    select * from {{ source('netsuite', 'account') }}
),

transactions as (
    select * from {{ source('netsuite', 'transaction') }}
)

select
    lines.*,
    transactions.id || ':' || lines.id as document_id
from accounting_lines
inner join accounts on accounting_lines.account = accounts.id
inner join transactions on accounting_lines.transaction = transactions.id
inner join lines
    on
        accounting_lines.transaction = lines.transaction
        and accounting_lines.transactionline = lines.id
where
    transactions.type = 'Journal'
    and accounts.accttype = 'AcctRec'
    and accounting_lines.accountingbook = {{ option('accounting_book') }}
    and accounting_lines._fivetran_deleted is not true
    and lines._fivetran_deleted is not true
