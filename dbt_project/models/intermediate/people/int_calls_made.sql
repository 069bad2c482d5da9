{{ config(materialized='view') }}

with

contacts as (

    select * from {{ ref('int_contacts') }}

),

final as (

    select
        activity_id,
        day_utc as date_day,
        employee_id,
        case when is_right_party then 1 else 0 end as right_party_contact
    from contacts
    where
        channel = 'phone'
        and direction = 'outbound'

)

select * from final
