with

assignments as (

    select * from {{ ref('int_assignments') }}
    where
        valid_from <= {{ as_of_date() }}
        and (valid_to is null or valid_to >= {{ as_of_date() }})

),

-- Of several the one assigned last, as for the cash they bring in (int_cash_by_employee).
ranked as (

    select
        *,
        row_number() over (
            partition by customer_id order by valid_from desc nulls last, employee_id asc nulls last
        ) as ownership_rank
    from assignments

),

final as (

    select
        customer_id,
        employee_id
    from ranked
    where ownership_rank = 1

)

select * from final
