-- Guards: each customer of the worklist has one proposal of dunning, with what the worklist says is past due.
-- Why it matters: who is left out is never asked for money, and who is there twice is asked twice.
-- A row is a customer with none, two, or another amount. The view reads all activities: only in a build of all rows.
with

worklist as (

    select * from {{ ref('collections_worklist') }}
    {% if increments() -%}
        where false
    {%- endif %}

),

proposals as (

    select * from {{ ref('dunning_proposals') }}
    {% if increments() -%}
        where false
    {%- endif %}

),

unioned as (

    select
        customer_id,
        1 as listed,
        net_past_due
    from worklist
    union all
    select
        customer_id,
        -1 as listed,
        -net_past_due as net_past_due
    from proposals

)

select
    customer_id,
    sum(listed) as listed,
    sum(net_past_due) as net_past_due
from unioned
group by customer_id
having sum(listed) <> 0 or sum(net_past_due) <> 0
