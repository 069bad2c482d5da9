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
    where {{ is_among(ref('int_touched_items'), 'receipt', 'receipt_id') }}

),

applications as (

    select * from {{ ref('int_applications') }}
    where
        source_type = 'receipt'
        and {{ is_among(ref('int_touched_items'), 'receipt', 'source_id') }}

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
    select customer_id from cash_units

),

-- A touched receipt may be applied to an invoice that isn't touched: where it settled nothing there.
paid_invoices as (

    select item_id as invoice_id
    from touched_items
    where item_type = 'invoice'
    union distinct
    select invoice_id from applications

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
    from claims
    inner join pools
        on
            claims.claimed_by = pools.claimed_by
            and claims.currency_code = pools.currency_code
    where
        claims.invoice_id in (select paid_invoices.invoice_id from paid_invoices)
        or claims.customer_id in (select payers.customer_id from payers)

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
