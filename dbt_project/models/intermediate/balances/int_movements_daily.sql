with

ledger as (

    select * from {{ ref('int_ledger') }}

),

customers as (

    select * from {{ ref('int_customers') }}

),

event_types as (

    select * from {{ ref('ledger_event_types') }}

),

summed as (

    select
        ledger.effective_date,
        ledger.company_id,
        customers.segment,
        ledger.currency_code,
        ledger.event_type,
        ledger.item_type,
        sum(ledger.amount) as amount,
        sum(case when ledger.is_credit_sale then ledger.amount else 0 end) as net_credit_sales
    from ledger
    inner join customers on ledger.customer_id = customers.customer_id
    group by
        ledger.effective_date,
        ledger.company_id,
        customers.segment,
        ledger.currency_code,
        ledger.event_type,
        ledger.item_type

),

named as (

    select
        summed.effective_date,
        summed.company_id,
        summed.segment,
        summed.currency_code,
        summed.item_type,
        event_types.movement,
        summed.amount,
        event_types.direction * summed.amount as movement_amount,
        summed.net_credit_sales
    from summed
    inner join event_types on summed.event_type = event_types.event_type

),

final as (

    select
        effective_date as date_day,
        company_id,
        segment,
        currency_code,
        {% for movement in var('movements') -%}
            cast(sum(case when movement = '{{ movement }}' then movement_amount else 0 end) as decimal(18, 4))
                as {{ movement }},
        {% endfor -%}
        cast(sum(net_credit_sales) as decimal(18, 4)) as net_credit_sales,
        cast(sum(amount) as decimal(18, 4)) as balance_change,
        cast(sum(case when item_type = 'invoice' then amount else 0 end) as decimal(18, 4)) as open_invoices_change
    from named
    group by
        effective_date,
        company_id,
        segment,
        currency_code

)

select * from final
