with

applications as (

    select * from {{ ref('stg_payments__applications') }}

),

refunds as (

    select * from {{ ref('stg_payments__refunds') }}

),

reversals as (

    select * from {{ ref('stg_payments__reversals') }}

),

receipts as (

    select * from {{ ref('stg_payments__receipts') }}

),

credit_memos as (

    select * from {{ ref('stg_ar__credit_memos') }}

),

credit_items as (

    select
        'receipt' as item_type,
        receipt_id as item_id,
        amount,
        reversed_date as ended_date
    from receipts
    union all
    select
        'credit_memo' as item_type,
        credit_memo_id as item_id,
        amount,
        voided_date as ended_date
    from credit_memos

),

uses as (

    select
        case when receipt_id is null then 'credit_memo' else 'receipt' end as item_type,
        coalesce(receipt_id, credit_memo_id) as item_id,
        greatest(source_amount, 0) as amount,
        case when source_amount < 0 then 1 else 0 end as gives_back,
        0 as pays_out,
        0 as undoes
    from applications
    union all
    select
        case when receipt_id is null then 'credit_memo' else 'receipt' end as item_type,
        coalesce(receipt_id, credit_memo_id) as item_id,
        amount,
        0 as gives_back,
        1 as pays_out,
        0 as undoes
    from refunds
    union all
    select
        'receipt' as item_type,
        receipt_id as item_id,
        amount,
        0 as gives_back,
        1 as pays_out,
        1 as undoes
    from reversals

),

summed as (

    select
        item_type,
        item_id,
        sum(amount) as amount,
        max(gives_back) = 1 as gives_back,
        max(pays_out) = 1 as pays_out,
        max(undoes) = 1 as undoes
    from uses
    group by
        item_type,
        item_id

),

-- In all other receipts and memos each use fits, in whatever order.
final as (

    select
        credit_items.item_type,
        credit_items.item_id
    from credit_items
    inner join summed
        on
            credit_items.item_type = summed.item_type
            and credit_items.item_id = summed.item_id
    where
        summed.amount > credit_items.amount
        or summed.gives_back
        or summed.undoes
        or (summed.pays_out and credit_items.ended_date is not null)

)

select * from final
