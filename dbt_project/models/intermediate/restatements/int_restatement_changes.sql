with

amounts as (

    select * from {{ ref('int_restated_amounts') }}

),

-- What is owed changes on the event's day, what is past due when its day has passed too; from then on in every month.
dated as (

    select
        company_id,
        segment,
        currency_code,
        kind,
        frozen_before,
        month_end,
        amount as receivables,
        case when item_type = 'invoice' then amount else 0 end as open_invoices,
        0 as past_due_receivables,
        0 as serious_receivables,
        case when sales = 0 then 0 else sales * rate end as net_credit_sales,
        case when taken_over = 0 then 0 else taken_over * rate end as taken_over,
        case when cash = 0 then 0 else cash * rate end as cash_received,
        1 as changes
    from amounts
    {%- for measure in ['past_due', 'serious'] %}
        union all
        select
            company_id,
            segment,
            currency_code,
            kind,
            frozen_before,
            cast({{ dbt.last_day(measure ~ '_from', 'month') }} as date) as month_end,
            0 as receivables,
            0 as open_invoices,
            {{ 'amount' if measure == 'past_due' else '0' }} as past_due_receivables,
            {{ 'amount' if measure == 'serious' else '0' }} as serious_receivables,
            0 as net_credit_sales,
            0 as taken_over,
            0 as cash_received,
            0 as changes
        from amounts
        where due_date is not null
    {%- endfor %}

),

final as (

    select
        company_id,
        segment,
        currency_code,
        kind,
        frozen_before,
        month_end,
        {% for measure in ['receivables', 'open_invoices', 'past_due_receivables', 'serious_receivables'] -%}
            cast(sum({{ measure }}) as decimal(18, 4)) as {{ measure }},
        {% endfor -%}
        sum(net_credit_sales) as net_credit_sales,
        sum(taken_over) as taken_over,
        sum(cash_received) as cash_received,
        sum(changes) as changes
    from dated
    group by company_id, segment, currency_code, kind, frozen_before, month_end

)

select * from final
