with

touched_items as (

    select * from {{ ref('int_touched_items') }}

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

-- An assignment counts when both its customer and its employee are known: whoever lands may bring one to life.
reassigned as (

    select customer_id
    from landed_assignments
    where source_file_number > {{ changed_since()['file_number'] }}
    union distinct
    select customer_id
    from landed_assignments
    where {{ landed_again('landed_employees', 'employee_id') }}

),

unioned as (

    select item_id as receipt_id
    from touched_items
    where item_type = 'receipt'
    union distinct
    select receipts.item_id as receipt_id
    from receipts
    inner join reassigned on receipts.customer_id = reassigned.customer_id

),

-- A run that builds everything asks nobody what has changed.
final as (

    select receipt_id
    from unioned
    where {{ 'true' if given('changed_since') else 'false' }}

)

select * from final
