-- Guards: an account bears interest at one rate a day, by one policy.
-- Why it matters: what is past due on a day with two rates would bear interest twice.
-- A row is a rate of an account that begins while another still holds. The view reads all invoices: only in a build of
-- all rows.
with

rates as (

    select * from {{ ref('account_interest_rates') }}
    {% if increments() -%}
        where false
    {%- endif %}

),

followed as (

    select
        company_id,
        customer_id,
        currency_code,
        policy_id,
        valid_from,
        lag(policy_id) over (
            partition by company_id, customer_id, currency_code
            order by valid_from asc nulls last, policy_id asc nulls last
        ) as policy_before,
        lag(valid_to) over (
            partition by company_id, customer_id, currency_code
            order by valid_from asc nulls last, policy_id asc nulls last
        ) as valid_to_before
    from rates

)

select * from followed
where
    policy_before is not null
    and (coalesce(valid_to_before, valid_from) >= valid_from or policy_before <> policy_id)
