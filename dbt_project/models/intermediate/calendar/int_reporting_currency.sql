with

invoices as (

    select currency_code from {{ ref('int_invoices') }}

),

credit_items as (

    select currency_code from {{ ref('int_credit_items') }}

),

present as (

    select currency_code from invoices
    union distinct
    select currency_code from credit_items

),

counted as (

    select
        count(*) as currency_count,
        max(currency_code) as only_currency
    from present

),

-- The currency of the variable, or the only currency there is. If there are several and the variable is not set, it is
-- null, and a test lists them.
final as (

    select
        {% if given('reporting_currency') %}
            '{{ given("reporting_currency") }}' as currency_code
        {% else %}
            case when currency_count = 1 then only_currency end as currency_code
        {% endif %}
    from counted

)

select * from final
