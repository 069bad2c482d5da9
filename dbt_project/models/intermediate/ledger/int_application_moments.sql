{#- The columns of an application that each of its moments has. -#}
{%- set of_the_application = [
    'application_id', 'invoice_id', 'invoice_company_id', 'invoice_customer_id', 'invoice_currency_code',
    'invoice_due_date', 'source_type', 'source_id', 'source_company_id', 'source_customer_id', 'source_currency_code',
    'effective_date',
] -%}
{{ config(materialized='replaced_view') }}

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
        {% for column in of_the_application -%}
            applications.{{ column }},
        {% endfor -%}
        'applications' as record_table,
        applications.application_id as record_id,
        'applied' as moment,
        applications.effective_date as moment_date,
        applications.recorded_at,
        applications.amount,
        applications.source_amount,
        applications.discount_amount
    from applications

),

-- Undoing an application subtracts, on the day it is undone, all that reversals have not undone before.
unapplied as (

    select
        {% for column in of_the_application -%}
            applications.{{ column }},
        {% endfor -%}
        'applications' as record_table,
        applications.application_id as record_id,
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
        {% for column in of_the_application -%}
            applications.{{ column }},
        {% endfor -%}
        'reversals' as record_table,
        reopenings.reversal_id || ':' || reopenings.application_id as record_id,
        'unapplied' as moment,
        reopenings.effective_date as moment_date,
        reopenings.recorded_at,
        -reopenings.amount as amount,
        -reopenings.source_amount as source_amount,
        -reopenings.discount_amount as discount_amount
    from reopenings
    inner join applications on reopenings.application_id = applications.application_id

),

unioned as (

    select * from applied
    union all
    select * from unapplied
    union all
    select * from unapplied_in_part

)

select * from unioned
