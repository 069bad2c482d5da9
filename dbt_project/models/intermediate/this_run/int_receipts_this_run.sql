with

items as (

    select * from {{ ref('int_items_this_run') }}

),

receipts as (

    select * from {{ ref('int_credit_items') }}
    where item_type = 'receipt'

),

landed_assignments as (

    select * from {{ source('collections', 'assignments') }}

),

landed_employees as (

    select * from {{ source('collections', 'employees') }}

),

-- An assignment counts only if its customer and employee are known; either may land later.
reassigned as (

    select customer_id
    from landed_assignments
    where {{ has_landed() }}
    union distinct
    select customer_id
    from landed_assignments
    where {{ landed_again('landed_employees', 'employee_id') }}

),

final as (

    select receipt_id
    from items
    where receipt_id is not null
    union distinct
    select receipts.item_id as receipt_id
    from receipts
    inner join reassigned on receipts.customer_id = reassigned.customer_id

)

select * from final
