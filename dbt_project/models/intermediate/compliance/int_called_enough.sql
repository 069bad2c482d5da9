with

calls as (

    select * from {{ ref('int_calls') }}
    where is_one_more

),

rules as (

    select * from {{ ref('contact_rules') }}

),

verdicts as (

    select * from {{ ref('int_call_verdicts') }}

),

final as (

    select distinct calls.customer_id
    from calls
    inner join verdicts on calls.activity_id = verdicts.activity_id
    inner join rules on verdicts.rule_id = rules.rule_id
    where
        verdicts.verdict = 'presumed_violation'
        and (calls.basis = 'law' or rules.applies_as_policy)

)

select * from final
