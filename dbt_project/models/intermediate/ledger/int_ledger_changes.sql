with

before as (

    select * from {{ ref('int_ledger_before') }}
    where {{ is_of_this_build('changed_in') }}

),

ledger as (

    select * from {{ ref('int_ledger') }}
    where {{ is_an_item_of(ref('int_ledger_before')) }}

),

signed as (

    select
        event_type,
        item_type,
        company_id,
        customer_id,
        segment,
        currency_code,
        effective_date,
        due_date,
        is_credit_sale,
        amount,
        1 as event_count
    from ledger
    union all
    select
        event_type,
        item_type,
        company_id,
        customer_id,
        segment,
        currency_code,
        effective_date,
        due_date,
        is_credit_sale,
        -amount as amount,
        -1 as event_count
    from before
    where effective_date is not null

),

-- What was and still is cancels.
final as (

    select
        event_type,
        item_type,
        company_id,
        customer_id,
        segment,
        currency_code,
        effective_date,
        due_date,
        is_credit_sale,
        cast(sum(amount) as decimal(18, 4)) as amount,
        cast(sum(event_count) as integer) as event_count
    from signed
    group by
        event_type,
        item_type,
        company_id,
        customer_id,
        segment,
        currency_code,
        effective_date,
        due_date,
        is_credit_sale
    having
        sum(amount) <> 0
        or sum(event_count) <> 0

)

select * from final
