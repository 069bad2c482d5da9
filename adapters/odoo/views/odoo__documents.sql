-- A row a document of a customer: what kind it is for Duebook, and its amount, always positive.
with documents as (
    select
        document_id,
        move_id,
        move_type,
        state,
        company_id,
        currency_id,
        currency_code,
        max(customer_id) as customer_id,
        max(document_no) as document_no,
        max(reference) as reference,
        max(document_date) as document_date,
        max(coalesce(date_maturity, document_date)) as due_date,
        sum(amount) as amount,
        sum(company_amount) / nullif(sum(amount), 0) as exchange_rate,
        abs(coalesce(sum(open_amount), max(open_amount_of_move))) as source_open_amount,
        max(amount_tax) as amount_tax,
        max(reversed_entry_id) as reversed_entry_id,
        max(updated_at) as updated_at
    from {{ ref('odoo__items') }}
    where state in ('posted', 'cancel')
    group by document_id, move_id, move_type, state, company_id, currency_id, currency_code
),

with_sides as (
    select
        documents.*,
        coalesce(other_sides.written_off, 0) as written_off,
        coalesce(other_sides.discounted, 0) as discounted,
        coalesce(other_sides.paid, 0) as paid
    from documents
    left join {{ ref('odoo__other_sides') }} as other_sides
        on documents.move_id = other_sides.move_id and documents.currency_id = other_sides.currency_id
)

select
    document_id,
    move_id,
    company_id,
    customer_id,
    document_no,
    reference,
    document_date,
    due_date,
    currency_code,
    case
        when move_type in ('out_invoice', 'out_receipt') then 'invoice'
        when move_type = 'out_refund' then 'credit_memo'
        when amount > 0 and reversed_entry_id is not null and paid < 0 then 'reversal'
        when amount > 0 and paid < 0 then 'refund'
        when amount > 0 then 'debit_memo'
        when paid > 0 then 'receipt'
        when written_off = -amount then 'write_off'
        when discounted = -amount then 'discount'
        else 'credit_memo'
    end as kind,
    -- What a payment credits beside its cash is a discount.
    abs(amount) - case when move_type = 'entry' and paid > 0 then greatest(written_off + discounted, 0) else 0 end
        as amount,
    case when move_type = 'entry' and paid > 0 then greatest(written_off + discounted, 0) else 0 end
        as discount_amount,
    amount_tax as tax_amount,
    exchange_rate,
    source_open_amount,
    reversed_entry_id,
    case when state = 'cancel' then document_date end as voided_date,
    updated_at
from with_sides
where customer_id is not null and amount <> 0
