with

customers as (

    select * from {{ ref('int_customers') }}

),

-- Personal data is masked: enough to recognise a record, not enough to contact anybody.
masked as (

    select
        customer_id,
        case
            -- Who was erased has no letter left.
            when is_consumer and customer_name <> '***' then substr(customer_name, 1, 1) || '***'
            else customer_name
        end as customer_name,
        parent_customer_id,
        segment,
        industry,
        country_code,
        region,
        currency_code,
        payment_terms_days,
        credit_limit,
        risk_class,
        timezones,
        is_consumer,
        substr(email, 1, 1) || '***' as email_masked,
        '***' || substr(phone, length(phone) - 1, 2) as phone_masked,
        created_date,
        closed_date
    from customers

)

select * from masked
