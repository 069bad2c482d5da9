{{
    config(
        materialized='incremental',
        pre_hook="{{ forget(is_among(ref('int_changed_items'), 'invoice', 'invoice_id')) }}"
    )
}}

with

instalments as (

    select * from {{ ref('stg_ar__instalments') }}
    {% if increments() -%}
        where {{ is_among(ref('int_changed_items'), 'invoice', 'invoice_id') }}
    {%- endif %}

),

invoices as (

    select * from {{ ref('int_invoices') }}

),

totalled as (

    select
        invoice_id,
        sum(amount) as instalments_amount
    from instalments
    group by invoice_id

),

-- Instalments that don't add up to their invoice wait in quarantine; the invoice is one item due on its due date.
matching as (

    select
        invoices.invoice_id,
        invoices.amount as invoice_amount
    from invoices
    inner join totalled on invoices.invoice_id = totalled.invoice_id
    where invoices.amount = totalled.instalments_amount

),

-- Reductions are laid over instalments earliest due first: each covers the part from lower_bound to upper_bound.
laid_out as (

    select
        instalments.instalment_id,
        instalments.invoice_id,
        instalments.due_date,
        instalments.amount,
        row_number() over (
            partition by instalments.invoice_id
            order by instalments.due_date asc nulls last, instalments.instalment_id asc nulls last
        ) as instalment_number,
        sum(instalments.amount) over (
            partition by instalments.invoice_id
            order by instalments.due_date asc nulls last, instalments.instalment_id asc nulls last
            rows between unbounded preceding and current row
        ) as upper_bound,
        matching.invoice_amount
    from instalments
    inner join matching on instalments.invoice_id = matching.invoice_id

),

final as (

    select
        instalment_id,
        invoice_id,
        due_date,
        amount,
        instalment_number,
        cast(upper_bound - amount as decimal(18, 4)) as lower_bound,
        cast(upper_bound as decimal(18, 4)) as upper_bound,
        upper_bound = invoice_amount as is_last
    from laid_out

)

select * from final
