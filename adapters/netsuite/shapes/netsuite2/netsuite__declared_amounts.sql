-- A row a document with lines on accounts declared for write-offs or discounts, and how much of it is booked there.
with lines as (
    select * from {{ source('netsuite', 'transactionline') }}
),

accounting_lines as (
    select * from {{ source('netsuite', 'transactionaccountingline') }}
    where accountingbook = {{ option('accounting_book') }} and _fivetran_deleted is not true
),

declared as (
    select
        id,
        case
            when acctnumber in {{ option('write_off_accounts') }} then 'write_off'
            when acctnumber in {{ option('discount_accounts') }} then 'discount'
        end as kind
    from {{ source('netsuite', 'account') }}
)

select
    lines.transaction,
    declared.kind,
    sum(lines.foreignamount) as amount
from accounting_lines
inner join declared on accounting_lines.account = declared.id
inner join lines
    on
        accounting_lines.transaction = lines.transaction
        and accounting_lines.transactionline = lines.id
where declared.kind is not null and lines._fivetran_deleted is not true
group by lines.transaction, declared.kind
