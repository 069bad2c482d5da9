-- A row a pair of documents of which the second settled the first: NetSuite has a link for each pair of their lines.
with documents as (
    select * from {{ ref('netsuite__documents') }}
),

links as (
    select
        coalesce(previous_lines.document_id, links.previousdoc) as previous_id,
        coalesce(next_lines.document_id, links.nextdoc) as next_id,
        coalesce(sum(case when links._fivetran_deleted is not true then abs(links.foreignamount) end), 0) as amount,
        max(links.lastmodifieddate) as updated_at
    from {{ source('netsuite', 'nexttransactionlinelink') }} as links
    left join {{ ref('netsuite__journal_lines') }} as previous_lines
        on links.previousdoc = previous_lines.transaction and links.previousline = previous_lines.id
    left join {{ ref('netsuite__journal_lines') }} as next_lines
        on links.nextdoc = next_lines.transaction and links.nextline = next_lines.id
    where links.linktype in ('Payment', 'DepRfnd')
    group by previous_id, next_id
),

-- The settled document comes first in a link, but for refunds it may be either.
either_way as (
    select
        previous_id as debit_id,
        next_id as credit_id,
        amount,
        updated_at
    from links
    union all
    select
        next_id,
        previous_id,
        amount,
        updated_at
    from links
),

-- A deposit is applied by a document that stands between it and the invoice.
deposits as (
    select
        links.nextdoc as application_id,
        links.previousdoc as deposit_id
    from {{ source('netsuite', 'nexttransactionlinelink') }} as links
    where links.linktype = 'DepAppl'
    group by links.nextdoc, links.previousdoc
)

select
    debits.document_id || '-' || credits.document_id as pair_id,
    debits.document_id as debit_id,
    debits.kind as debit_kind,
    coalesce(deposits.deposit_id, credits.document_id) as credit_id,
    case when credits.kind = 'deposit_application' then 'receipt' else credits.kind end as credit_kind,
    greatest(debits.document_date, credits.document_date) as pair_date,
    links.amount,
    links.amount = 0 or debits.is_voided or credits.is_voided or debits.is_deleted or credits.is_deleted as is_deleted,
    greatest(links.updated_at, debits.updated_at, credits.updated_at) as updated_at
from either_way as links
inner join documents as debits
    on
        links.debit_id = debits.document_id
        and debits.kind in ('invoice', 'debit_memo', 'refund')
inner join documents as credits
    on
        links.credit_id = credits.document_id
        and credits.kind in ('receipt', 'deposit_application', 'credit_memo', 'write_off', 'discount')
left join deposits on credits.document_id = deposits.application_id
where credits.kind <> 'deposit_application' or deposits.deposit_id is not null
