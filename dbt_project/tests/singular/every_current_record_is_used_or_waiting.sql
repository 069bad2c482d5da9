-- Guards: what staging holds is either used in the ledger's entities or listed as waiting for its partner.
-- Why it would hurt: an inner join drops rows without a word; this says whether one was dropped that quarantine lacks.
-- A row is a table where used + waiting is not what staging holds.
with

waiting as (

    select
        table_name,
        row_key
    from {{ ref('int_missing_references_ar') }}
    union distinct
    select
        table_name,
        row_key
    from {{ ref('int_missing_references_payments') }}
    union distinct
    select
        table_name,
        row_key
    from {{ ref('int_missing_references_collections') }}

),

counted as (

    select
        'invoices' as table_name,
        (select count(*) from {{ ref('stg_ar__invoices') }}) as in_staging,
        (select count(*) from {{ ref('int_invoices') }}) as in_use
    union all
    select
        'instalments' as table_name,
        (select count(*) from {{ ref('stg_ar__instalments') }}) as in_staging,
        (select count(*) from {{ ref('int_instalments') }}) as in_use
    union all
    select
        'receipts' as table_name,
        (select count(*) from {{ ref('stg_payments__receipts') }}) as in_staging,
        (
            select count(*) from {{ ref('int_credit_items') }}
            where item_type = 'receipt'
        ) as in_use
    union all
    select
        'credit_memos' as table_name,
        (select count(*) from {{ ref('stg_ar__credit_memos') }}) as in_staging,
        (
            select count(*) from {{ ref('int_credit_items') }}
            where item_type = 'credit_memo'
        ) as in_use
    union all
    select
        'applications' as table_name,
        (select count(*) from {{ ref('stg_payments__applications') }}) as in_staging,
        (select count(*) from {{ ref('int_applications') }}) as in_use
    union all
    select
        'activities' as table_name,
        (select count(*) from {{ ref('stg_collections__activities') }}) as in_staging,
        (select count(*) from {{ ref('int_activities') }}) as in_use
    union all
    select
        'promises' as table_name,
        (select count(*) from {{ ref('stg_collections__promises') }}) as in_staging,
        (select count(*) from {{ ref('int_promises') }}) as in_use
    union all
    select
        'assignments' as table_name,
        (select count(*) from {{ ref('stg_collections__assignments') }}) as in_staging,
        (select count(*) from {{ ref('int_assignments') }}) as in_use

),

waiting_counted as (

    select
        table_name,
        count(*) as in_waiting
    from waiting
    group by table_name

)

select
    counted.table_name,
    counted.in_staging,
    counted.in_use,
    coalesce(waiting_counted.in_waiting, 0) as in_waiting
from counted
left join waiting_counted on counted.table_name = waiting_counted.table_name
where counted.in_staging <> counted.in_use + coalesce(waiting_counted.in_waiting, 0)
