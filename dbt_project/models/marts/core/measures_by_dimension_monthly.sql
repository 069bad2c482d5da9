{{ config(materialized='replaced_view') }}

with

items as (

    select
        *,
        case when item_type = 'overpayment' then 'invoice' else item_type end as document_type
    from {{ ref('open_item_measures_monthly') }}
    where scope = 'portfolio'

),

declared as (

    select * from {{ ref('dim_declared_dimensions') }}

),

document_dimensions as (

    select * from {{ ref('document_dimensions') }}

),

-- Every dimension has all items.
of_dimensions as (

    select
        items.*,
        declared.dimension
    from items
    cross join declared

),

valued as (

    select
        of_dimensions.*,
        coalesce(document_dimensions.value, '(none)') as value
    from of_dimensions
    left join document_dimensions
        on
            of_dimensions.document_type = document_dimensions.item_type
            and of_dimensions.item_id = document_dimensions.item_id
            and of_dimensions.dimension = document_dimensions.dimension

),

-- A customer is an account of each value that it has open invoices of.
final as (

    select
        month_end,
        dimension,
        value,
        {% for days in measure_names('days') -%}
            max({{ days }}) as {{ days }},
        {% endfor -%}
        {% for amount in measure_names('amounts') -%}
            cast(sum({{ amount }}) as decimal(38, 16)) as {{ amount }},
        {% endfor -%}
        cast(sum(open_invoice_count) as bigint) as open_invoice_count,
        cast(sum(past_due_invoice_count) as bigint) as past_due_invoice_count,
        count(distinct case when open_invoice_count > 0 then customer_id end) as open_accounts,
        count(distinct case when past_due_invoice_count > 0 then customer_id end) as past_due_accounts
    from valued
    group by month_end, dimension, value

)

select * from final
