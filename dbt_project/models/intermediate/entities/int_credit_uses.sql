with

contested as (

    select * from {{ ref('int_contested_credits') }}

),

credit_items as (

    select * from {{ ref('int_credit_items') }}

),

applications as (

    select * from {{ ref('int_dated_applications') }}

),

refunds_and_reversals as (

    select * from {{ ref('int_dated_refunds_and_reversals') }}

),

items as (

    select credit_items.*
    from credit_items
    inner join contested
        on
            credit_items.item_type = contested.item_type
            and credit_items.item_id = contested.item_id

),

-- Without applications that were undone before they took effect.
uses as (

    select
        source_type as item_type,
        source_id as item_id,
        'applications' as table_name,
        application_id as use_id,
        invoice_id,
        effective_date as from_date,
        undone_date as to_date,
        source_amount as amount
    from applications
    where
        source_amount <> 0
        and (undone_date is null or undone_date > effective_date)
    union all
    select
        item_type,
        item_id,
        table_name,
        use_id,
        cast(null as string) as invoice_id,
        effective_date as from_date,
        cast(null as date) as to_date,
        amount
    from refunds_and_reversals
    where amount <> 0

),

of_items as (

    select
        uses.item_type,
        uses.item_id,
        items.amount as held_amount,
        items.currency_code,
        items.ended_date,
        uses.table_name,
        uses.use_id,
        uses.invoice_id,
        uses.from_date,
        uses.to_date,
        uses.amount
    from uses
    inner join items
        on
            uses.item_type = items.item_type
            and uses.item_id = items.item_id

),

numbered as (

    select
        *,
        row_number() over (
            partition by item_type, item_id
            order by from_date asc nulls last, table_name asc nulls last, use_id asc nulls last
        ) as use_number
    from of_items

)

select * from numbered
