{{ config(materialized='replaced_view') }}

with

spells as (

    select * from {{ ref('int_dispute_spells') }}

),

ranked as (

    select
        *,
        row_number() over (partition by dispute_id order by spell desc nulls last) as turn,
        min(opened_date) over (partition by dispute_id) as first_opened_date,
        sum(days_open) over (partition by dispute_id) as days_of_spells
    from spells

),

-- A dispute is what its last spell is.
final as (

    select
        dispute_id,
        invoice_id,
        company_id,
        segment,
        customer_id,
        currency_code,
        first_opened_date as opened_date,
        case when spell > 1 then opened_date end as reopened_date,
        closed_date,
        amount,
        reason_code,
        resolution,
        spell - 1 as times_reopened,
        days_of_spells as days_open
    from ranked
    where turn = 1

)

select * from final
