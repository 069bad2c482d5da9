with

disputes as (

    select * from {{ ref('int_disputes') }}

),

reason_codes as (

    select * from {{ ref('reason_codes') }}

),

final as (

    select
        disputes.dispute_id,
        disputes.invoice_id,
        disputes.company_id,
        disputes.customer_id,
        disputes.opened_date,
        disputes.closed_date,
        case
            when reason_codes.reason_code is not null then disputes.reason_code
            when disputes.reason_code is not null then '***'
        end as reason_code,
        disputes.currency_code,
        disputes.amount,
        disputes.resolution,
        cast(
            {{ dbt.datediff('disputes.opened_date', 'coalesce(disputes.closed_date, ' ~ as_of_date() ~ ')', 'day') }}
            as integer
        ) as days_open
    from disputes
    left join reason_codes on disputes.reason_code = reason_codes.reason_code

)

select * from final
