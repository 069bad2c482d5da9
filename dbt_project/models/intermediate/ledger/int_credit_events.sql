{{ config(materialized='replaced_view') }}

with

credit_items as (

    select * from {{ ref('int_credit_items') }}

),

refunds_and_reversals as (

    select * from {{ ref('int_refunds_and_reversals') }}

),

-- After a partial reversal the rest of the receipt still counts.
credits_paid_out as (

    select
        case when table_name = 'refunds' then 'refund_paid' else 'receipt_reversed' end as event_type,
        item_type,
        item_id,
        company_id,
        customer_id,
        currency_code,
        cast(null as date) as due_date,
        effective_date,
        recorded_at,
        amount,
        false as is_credit_sale,
        table_name as source_table,
        use_id as source_id
    from refunds_and_reversals

),

paid_out as (

    select
        item_type,
        item_id,
        sum(amount) as amount
    from credits_paid_out
    group by item_type, item_id

),

-- A full reversal or a void takes what was not refunded or reversed before, so that nothing is left.
ended as (

    select
        credit_items.*,
        cast(credit_items.amount - coalesce(paid_out.amount, 0) as decimal(18, 4)) as ended_amount
    from credit_items
    left join paid_out
        on
            credit_items.item_type = paid_out.item_type
            and credit_items.item_id = paid_out.item_id
    where
        credit_items.ended_date is not null
        and credit_items.amount <> coalesce(paid_out.amount, 0)

),

-- A credit memo reduces sales; a receipt does not, and neither does a credit taken over from an old system.
credits_issued_and_ended as (

    {% for items, receipt_is, credit_is, memo_is, day, amount in [
        ('credit_items', 'received', 'taken_over', 'issued', 'item_date', '-amount'),
        ('ended', 'reversed', 'voided', 'voided', 'ended_date', 'ended_amount'),
    ] -%}
        select
            case
                when item_type = 'receipt' then 'receipt_{{ receipt_is }}'
                when memo_type = 'opening_credit' then 'opening_credit_{{ credit_is }}'
                else 'credit_memo_{{ memo_is }}'
            end as event_type,
            item_type,
            item_id,
            company_id,
            customer_id,
            currency_code,
            cast(null as date) as due_date,
            {{ day }} as effective_date,
            recorded_at,
            {{ amount }} as amount,
            coalesce(memo_type = 'credit_memo', false) as is_credit_sale,
            item_type || 's' as source_table,
            item_id as source_id
        from {{ items }}
        {% if not loop.last -%}
            union all
        {% endif -%}
    {% endfor %}

),

unioned as (

    select * from credits_issued_and_ended
    union all
    select * from credits_paid_out

)

select * from unioned
