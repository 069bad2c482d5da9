{{ config(materialized='view') }}

with

applications as (

    select * from {{ ref('int_applications') }}

),

reopenings as (

    select * from {{ ref('int_reopenings') }}

),

reopened as (

    select
        application_id,
        sum(amount) as amount,
        sum(source_amount) as source_amount,
        sum(discount_amount) as discount_amount
    from reopenings
    group by application_id

),

applied as (

    select
        'applications' as record_table,
        application_id as record_id,
        application_id,
        'applied' as moment,
        effective_date as moment_date,
        recorded_at,
        amount,
        source_amount,
        discount_amount
    from applications

),

-- Undoing is the exact opposite of applying, on its own day: of all that reversals have not undone before.
unapplied as (

    select
        'applications' as record_table,
        applications.application_id as record_id,
        applications.application_id,
        'unapplied' as moment,
        applications.undone_date as moment_date,
        greatest(applications.recorded_at, applications.undone_recorded_at) as recorded_at,
        coalesce(reopened.amount, 0) - applications.amount as amount,
        coalesce(reopened.source_amount, 0) - applications.source_amount as source_amount,
        coalesce(reopened.discount_amount, 0) - applications.discount_amount as discount_amount
    from applications
    left join reopened on applications.application_id = reopened.application_id
    where applications.undone_date is not null

),

unapplied_in_part as (

    select
        'reversals' as record_table,
        reversal_id || ':' || application_id as record_id,
        application_id,
        'unapplied' as moment,
        effective_date as moment_date,
        recorded_at,
        -amount as amount,
        -source_amount as source_amount,
        -discount_amount as discount_amount
    from reopenings

),

unioned as (

    select * from applied
    union all
    select * from unapplied
    union all
    select * from unapplied_in_part

)

select * from unioned
