{#- Kept while a build that failed is repeated: what its first try shared out has to be shared out again, also where by
    then all is as before. -#}
{{ config(materialized='incremental', pre_hook="{{ forget('not ' ~ is_of_this_build('changed_in')) }}") }}

with

increments as (

    select * from {{ ref('int_pool_increments') }}
    where {{ is_of_this_build('changed_in') }}

),

touched_items as (

    select * from {{ ref('int_touched_items') }}

),

-- As the ledger held them before this build (int_ledger fills it).
-- depends_on: {{ ref('int_ledger') }}
ledger_before as (

    select * from {{ ref('int_ledger_before') }}

),

cash_units as (

    select * from {{ ref('int_cash_units') }}

),

claims as (

    select * from {{ ref('int_promise_claims') }}

),

pools as (

    select * from {{ ref('int_promise_pools') }}

),

-- Who paid a receipt that is another now, and who is said to have paid it since.
payers as (

    select customer_id
    from ledger_before
    where item_type = 'receipt'
    union distinct
    select customer_id
    from cash_units
    where {{ is_among(ref('int_touched_items'), 'receipt', 'receipt_id') }}

),

claims_to_other_cash as (

    select
        claims.claimed_by,
        claims.currency_code
    from claims
    inner join touched_items
        on
            touched_items.item_type = 'invoice'
            and claims.invoice_id = touched_items.item_id
    union all
    select
        claims.claimed_by,
        claims.currency_code
    from claims
    inner join payers on claims.customer_id = payers.customer_id

),

changed as (

    select
        pool_id,
        currency_code
    from increments
    union distinct
    select
        pools.pool_id,
        pools.currency_code
    from claims_to_other_cash
    inner join pools
        on
            claims_to_other_cash.claimed_by = pools.claimed_by
            and claims_to_other_cash.currency_code = pools.currency_code

),

-- A run that builds everything asks nobody what has changed.
final as (

    select
        pool_id,
        currency_code,
        '{{ this_build() }}' as changed_in
    from changed
    where
        {{ 'true' if given('changed_since') else 'false' }}
        {% if increments() -%}
            and not exists (
                select 1 from {{ this }} as there
                where changed.pool_id = there.pool_id and changed.currency_code = there.currency_code
            )
        {%- endif %}

)

select * from final
