{{ config(materialized='view') }}

with

placed as (

    select * from {{ ref('int_redated_changes') }}

),

part_months as (

    select
        invoice_id,
        part_key,
        company_id,
        currency_code,
        month_end,
        month_start,
        opening_due_date,
        opening_due_key,
        closing_due_date
    from placed
    group by
        invoice_id,
        part_key,
        company_id,
        currency_code,
        month_end,
        month_start,
        opening_due_date,
        opening_due_key,
        closing_due_date

),

stood as (

    select
        part_months.*,
        earlier.amount
    from part_months
    inner join placed as earlier
        on
            part_months.invoice_id = earlier.invoice_id
            and part_months.part_key = earlier.part_key
            and part_months.month_start > earlier.effective_date

),

-- What stood at the month's start goes to the due date in force at its end, with all that left it; it leaves where it
-- is counted by the due dates of the changes alone (int_due_date_balances).
final as (

    {% for due_date, due_key, to_due_date, sign in [
        ('opening_due_date', 'opening_due_key', 'closing_due_date', 1),
        ('opening_due_date', 'opening_due_key', 'opening_due_date', -1),
    ] -%}
        select
            invoice_id, company_id, currency_code, month_end, month_start,
            {{ due_date }} as due_date,
            {{ due_key }} as due_key,
            {{ to_due_date }} as to_due_date,
            'opening' as event_type,
            {{ sign }} * amount as amount
        from stood
        union all
    {% endfor -%}
    {% for due_date, due_key, to_due_date, sign in [
        ('opening_due_date', 'opening_due_key', 'closing_due_date', -1),
        ('due_date', 'due_key', 'due_date', 1),
    ] -%}
        select
            invoice_id, company_id, currency_code, month_end, month_start,
            {{ due_date }} as due_date,
            {{ due_key }} as due_key,
            {{ to_due_date }} as to_due_date,
            event_type,
            {{ sign }} * amount as amount
        from placed
        where event_type <> 'due_date_changed'
        {% if not loop.last -%}
            union all
        {% endif -%}
    {% endfor %}

)

select * from final
