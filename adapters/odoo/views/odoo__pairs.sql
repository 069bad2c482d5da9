-- A row a partial reconciliation of two documents, with what it settles in the currency of each.
with documents as (
    select * from {{ ref('odoo__documents') }}
),

items as (
    select
        line_id,
        document_id
    from {{ ref('odoo__items') }}
),

pairs as (
    select
        partials.id as pair_id,
        debits.document_id as debit_id,
        debits.kind as debit_kind,
        credits.document_id as credit_id,
        credits.kind as credit_kind,
        credits.discount_amount as all_discounts,
        partials.max_date as pair_date,
        partials.debit_amount_currency as amount,
        partials.credit_amount_currency as source_amount,
        partials.write_date as updated_at,
        sum(partials.debit_amount_currency) over (
            partition by credits.document_id
            order by partials.debit_amount_currency desc, partials.id asc
            rows between unbounded preceding and current row
        ) - partials.debit_amount_currency as amount_before
    from {{ source('odoo', 'account_partial_reconcile') }} as partials
    inner join items as debit_items on partials.debit_move_id = debit_items.line_id
    inner join items as credit_items on partials.credit_move_id = credit_items.line_id
    inner join documents as debits on debit_items.document_id = debits.document_id
    inner join documents as credits on credit_items.document_id = credits.document_id
    where partials.debit_amount_currency <> 0
)

select
    pair_id,
    debit_id,
    debit_kind,
    credit_id,
    credit_kind,
    pair_date,
    amount,
    source_amount,
    -- The discount of a payment, on what it settled most of.
    greatest(least(amount, all_discounts - amount_before), 0) as discount_amount,
    updated_at
from pairs
