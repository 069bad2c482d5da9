-- A row an application: the entry that was settled and the entry that settled it, whichever of the two was applied to
-- the other. The amount reduces what is open of both. An application that was undone has the day on which it was.
with details as (
    select * from {{ source('business_central', 'detailed_entry') }}
),

entries as (
    select * from {{ ref('bc__entries') }}
),

applications as (
    select
        details."Entry No." as detail_no,
        details."Cust. Ledger Entry No." as entry_no,
        details."Applied Cust. Ledger Entry No." as applied_entry_no,
        details."Posting Date" as posting_date,
        details."Amount" as amount,
        coalesce(details."Unapplied", false) as is_undone,
        details."Unapplied by Entry No." as undone_by,
        -- An application reduces what is open: it has the other sign than its entry. What undoes it has the entry's.
        sign(details."Amount") = -sign(entries.amount) as is_application
    from details
    inner join entries on details."Cust. Ledger Entry No." = entries.entry_no
    where
        details."Entry Type" = 'Application'
        and details."Cust. Ledger Entry No." <> details."Applied Cust. Ledger Entry No."
        and details."Amount" <> 0
),

numbered as (
    select
        applications.*,
        row_number() over (
            partition by entry_no, applied_entry_no, abs(amount), is_application, is_undone
            -- Entries are numbered as they are made.
            order by length(detail_no), detail_no
        ) as place
    from applications
),

undone as (
    select
        applied.detail_no,
        coalesce(by_number.posting_date, by_place.posting_date) as undone_date
    from numbered as applied
    left join numbered as by_number on applied.undone_by = by_number.detail_no
    left join numbered as by_place
        on
            applied.entry_no = by_place.entry_no
            and applied.applied_entry_no = by_place.applied_entry_no
            and abs(applied.amount) = abs(by_place.amount)
            and applied.place = by_place.place
            and by_place.is_undone
            and not by_place.is_application
    where applied.is_application and applied.is_undone
)

select
    numbered.detail_no,
    case when debits.amount > 0 then debits.entry_no else credits.entry_no end as debit_entry_no,
    case when debits.amount > 0 then credits.entry_no else debits.entry_no end as credit_entry_no,
    case when debits.amount > 0 then debits.kind else credits.kind end as debit_kind,
    case when debits.amount > 0 then credits.kind else debits.kind end as credit_kind,
    numbered.posting_date,
    undone.undone_date,
    abs(numbered.amount) as amount
from numbered
inner join entries as debits on numbered.entry_no = debits.entry_no
inner join entries as credits on numbered.applied_entry_no = credits.entry_no
left join undone on numbered.detail_no = undone.detail_no
where numbered.is_application
