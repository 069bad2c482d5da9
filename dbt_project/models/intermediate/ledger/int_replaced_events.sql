{{ config(materialized='replaced_view') }}

{%- set columns = [
    'event_type', 'change_type', 'item_type', 'item_id', 'company_id', 'customer_id', 'segment', 'currency_code', 'effective_date',
    'due_date', 'is_credit_sale', 'amount',
] %}

with

before as (

    select * from {{ ref('int_ledger_before_this_run') }}
    where
        {{ is_of_this_run('changed_in') }}
        and effective_date is not null

),

ledger as (

    select * from {{ ref('fct_receivables_ledger') }}
    where {{ this_run(ref('int_ledger_before_this_run'), ['item_type', 'item_id'], adds=true) }}

),

final as (

    select
        {{ columns | join(',\n        ') }},
        1 as sign
    from ledger
    union all
    select
        {{ columns | join(',\n        ') }},
        -1 as sign
    from before

)

select * from final
