-- A row an amount by which one document settled another on a day. What a voucher books against several documents is
-- laid end to end, debits and credits each in order: where a debit and a credit overlap, the voucher reconciled two
-- other documents with each other; the rest is between the voucher itself and the other document.
with documents as (
    select * from {{ ref('erpnext__documents') }}
),

sides as (
    select
        *,
        amount < 0 as is_credit,
        abs(amount) as size,
        sum(abs(amount)) over (
            partition by voucher_id, party, account, is_undone, amount < 0
            order by name
            rows between unbounded preceding and current row
        ) as upto
    from {{ ref('erpnext__entries') }}
    where not is_own
),

shared as (
    select
        credits.name as credit_name,
        debits.name as debit_name,
        debits.against_id as source_id,
        least(credits.upto, debits.upto)
        - greatest(credits.upto - credits.size, debits.upto - debits.size) as amount
    from sides as credits
    inner join sides as debits
        on
            credits.voucher_id = debits.voucher_id
            and credits.party = debits.party
            and credits.account is not distinct from debits.account
            and credits.is_undone = debits.is_undone
            and credits.upto > debits.upto - debits.size
            and debits.upto > credits.upto - credits.size
    where credits.is_credit and not debits.is_credit
),

covered as (
    select
        name,
        sum(amount) as amount
    from (
        select
            credit_name as name,
            amount
        from shared
        union all
        select
            debit_name,
            amount
        from shared
    ) as of_both
    group by name
),

settled as (
    select
        sides.name || '-' || shared.debit_name as settlement_id,
        sides.against_id as settled_id,
        shared.source_id,
        shared.amount,
        sides.posting_date,
        sides.is_undone,
        sides.updated_at
    from shared
    inner join sides on shared.credit_name = sides.name

    union all

    select
        sides.name,
        sides.against_id,
        sides.voucher_id,
        -- Positive where what is open of the other document falls.
        (sides.size - coalesce(covered.amount, 0)) * case when sides.is_credit then 1 else -1 end,
        sides.posting_date,
        sides.is_undone,
        sides.updated_at
    from sides
    left join covered on sides.name = covered.name
    where sides.size > coalesce(covered.amount, 0)
),

ranked as (
    select
        settled.*,
        settled_documents.kind as settled_kind,
        sources.kind as source_kind,
        sources.discount_amount as all_discounts,
        sum(settled.amount) over (
            partition by settled.source_id, settled.is_undone
            order by settled.amount desc, settled.settlement_id asc
            rows between unbounded preceding and current row
        ) - settled.amount as amount_before
    from settled
    left join documents as settled_documents on settled.settled_id = settled_documents.document_id
    left join documents as sources on settled.source_id = sources.document_id
)

select
    settlement_id,
    settled_id,
    coalesce(settled_kind, 'unknown') as settled_kind,
    source_id,
    coalesce(source_kind, 'none') as source_kind,
    posting_date,
    amount,
    -- The deductions of a payment, on what it settled most of.
    greatest(least(amount, coalesce(all_discounts, 0) - amount_before), 0) as discount_amount,
    is_undone,
    updated_at
from ranked
