with

placements as (

    select * from {{ ref('stg_collections__placements') }}

),

invoices as (

    select
        invoice_id,
        customer_id
    from {{ ref('int_invoices') }}

),

-- One whose invoice isn't known waits in quarantine (int_missing_references_collections).
placed as (

    select
        placements.placement_id,
        placements.invoice_id,
        invoices.customer_id,
        placements.placed_date,
        coalesce(placements.recalled_date, cast('9999-12-31' as date)) as recalled_date
    from placements
    inner join invoices on placements.invoice_id = invoices.invoice_id

),

-- A customer's spell begins where none of the placements before it lasts so long.
followed as (

    select
        *,
        coalesce(
            max(recalled_date) over (
                partition by customer_id
                order by placed_date asc nulls last, placement_id asc nulls last
                rows between unbounded preceding and 1 preceding
            ) < placed_date, true
        ) as is_first
    from placed

),

numbered as (

    select
        *,
        sum(case when is_first then 1 else 0 end) over (
            partition by customer_id
            order by placed_date asc nulls last, is_first desc nulls last
            rows between unbounded preceding and current row
        ) as spell_number
    from followed

),

final as (

    select
        'invoice' as placed,
        invoice_id as placed_id,
        placement_id,
        placed_date,
        recalled_date
    from placed
    union all
    select
        'customer' as placed,
        customer_id as placed_id,
        min(placement_id) as placement_id,
        min(placed_date) as placed_date,
        max(recalled_date) as recalled_date
    from numbered
    group by
        customer_id,
        spell_number

)

select * from final
