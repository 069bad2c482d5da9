-- Guards: customers' balances add up to the portfolio's, and their shares of receivables to 1; without receivables
-- nobody has a share.
-- Why it matters: shares that do not add up are wrong, and a customer who is left out is a risk that nobody sees.
-- A row is the sums, if they differ. Each customer's amount is rounded to 0.0001: differences up to that are allowed.
with

risk as (

    select * from {{ ref('customer_risk') }}

),

delinquency as (

    select * from {{ ref('delinquency_monthly') }}
    where
        level = 'portfolio'
        and month_end = cast({{ dbt.last_day(as_of_date(), 'month') }} as date)

),

added_up as (

    select
        count(*) as customers,
        coalesce(sum(open_invoices), 0) as open_invoices,
        coalesce(sum(receivables), 0) as receivables,
        count(share_of_receivables) as share_count,
        sum(share_of_receivables) as share_of_receivables
    from risk

)

select
    added_up.customers,
    added_up.open_invoices,
    delinquency.open_invoices as open_invoices_of_the_portfolio,
    added_up.receivables,
    delinquency.open_invoices + delinquency.unapplied_credits as receivables_of_the_portfolio,
    added_up.share_of_receivables
from added_up
cross join delinquency
where
    abs(added_up.open_invoices - delinquency.open_invoices) > 0.0001 * (1 + added_up.customers)
    or abs(added_up.receivables - delinquency.open_invoices - delinquency.unapplied_credits)
    > 0.0001 * (2 + added_up.customers)
    or (added_up.share_count > 0 and abs(added_up.share_of_receivables - 1) > 0.000001)
    or added_up.share_count not in (0, added_up.customers)
