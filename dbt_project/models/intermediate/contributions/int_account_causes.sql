with

turns as (

    select * from {{ ref('int_account_turns') }}

),

-- A customer has one segment, so that segments add up.
final as (

    select
        month_end,
        companies,
        segment,
        cause,
        sum(open_accounts) as open_accounts,
        sum(past_due_accounts) as past_due_accounts
    from turns
    group by
        month_end,
        companies,
        segment,
        cause

)

select * from final
