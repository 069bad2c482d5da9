with

cash_days as (

    select * from {{ ref('int_cash_days_monthly') }}

),

-- Amounts keep all their decimals, so that customers add up to payment_behaviour_monthly.
final as (

    select
        month_end,
        company_id,
        customer_id,
        segment,
        {% for amount in [
            'cash_applied', 'cash_days_to_pay', 'cash_applied_with_due_date', 'cash_days_late',
            'cash_days_to_pay_received', 'cash_days_late_received',
        ] -%}
            cast({{ amount }} as decimal(38, 16)) as {{ amount }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from cash_days

)

select * from final
