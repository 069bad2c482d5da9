with documents as (
    select
        'credit_note' as document_type,
        "CreditNoteID" as document_id,
        _id_prefix,
        "Allocations" as allocations
    from {{ source('xero', 'credit_notes') }}

    union all

    select
        'overpayment',
        "OverpaymentID",
        _id_prefix,
        "Allocations"
    from {{ source('xero', 'overpayments') }}

    union all

    select
        'prepayment',
        "PrepaymentID",
        _id_prefix,
        "Allocations"
    from {{ source('xero', 'prepayments') }}
),

allocations as (
    select
        document_type,
        document_id,
        _id_prefix,
        unnest(cast(allocations as json[])) as allocation
    from documents
)

select
    document_type,
    document_id,
    _id_prefix || (allocation ->> '$.Invoice.InvoiceID') as invoice_id,
    case
        -- Milliseconds since 1970, as the API writes them.
        when allocation ->> '$.Date' like '/Date(%'
            then date '1970-01-01' + cast(
                floor(cast(regexp_extract(allocation ->> '$.Date', '-?[0-9]+') as bigint) / 86400000) as integer
            )
        else cast(left(allocation ->> '$.Date', 10) as date)
    end as allocated_date,
    cast(allocation ->> '$.Amount' as decimal(18, 4)) as amount
from allocations
where coalesce(allocation ->> '$.IsDeleted', 'false') <> 'true'
