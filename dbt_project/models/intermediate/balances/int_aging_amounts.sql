{{ config(materialized='replaced_view') }}

with

amounts as (

    select * from {{ ref('int_dated_amounts') }}

),

entries as (

    select * from {{ ref('int_aging_entries') }}

),

final as (

    select
        amounts.*,
        entries.bucket_id,
        entries.position
    from amounts
    left join entries
        on
            amounts.effective_date = entries.effective_date
            and amounts.due_date = entries.due_date

)

select * from final
