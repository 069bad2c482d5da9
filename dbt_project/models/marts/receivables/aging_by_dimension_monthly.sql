{{ config(materialized='replaced_view') }}

{%- set of_ledger = 'ledger.company_id, ledger.customer_id, ledger.segment, ledger.currency_code' -%}
{%- set of_valued = 'valued.month_end, valued.balance_date, valued.dimension, valued.value, '
    ~ of_ledger | replace('ledger', 'valued') -%}
{%- set of_item = 'months.month_end, months.balance_date, ' ~ of_ledger
    ~ ', ledger.item_type, ledger.document_type, ledger.item_id, ledger.due_date' -%}

with

-- What an invoice is overpaid by belongs to the invoice.
ledger as (

    select
        *,
        case when item_type = 'overpayment' then 'invoice' else item_type end as document_type
    from {{ ref('fct_receivables_ledger') }}
    where segment is not null

),

months as (

    select * from {{ ref('dim_months') }}

),

buckets as (

    select * from {{ ref('dim_aging_buckets') }}
    where bucket_id <> 'no_due_date'

),

rates as (

    select distinct
        date_day,
        currency_code,
        exchange_rate as rate
    from {{ ref('receivables_daily') }}
    where exchange_rate is not null

),

declared as (

    select * from {{ ref('dim_declared_dimensions') }}

),

document_dimensions as (

    select * from {{ ref('document_dimensions') }}

),

balances as (

    select
        {{ of_item }},
        sum(ledger.amount) as balance
    from ledger
    inner join months on ledger.effective_date <= months.balance_date
    group by {{ of_item }}
    having sum(ledger.amount) <> 0

),

-- Every dimension has all balances.
of_dimensions as (

    select
        balances.*,
        declared.dimension,
        case when balances.item_type = 'invoice' then balances.balance else 0 end as open_balance,
        {{ dbt.datediff('balances.due_date', 'balances.balance_date', 'day') }} as age
    from balances
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

final as (

    select
        {{ of_valued }},
        cast(sum(valued.open_balance) as decimal(18, 4)) as open_invoices,
        cast(sum(valued.balance - valued.open_balance) as decimal(18, 4)) as unapplied_credits,
        cast(sum(valued.balance) as decimal(18, 4)) as receivables,
        cast(sum(case when valued.age > 0 then valued.open_balance else 0 end) as decimal(18, 4))
            as past_due_receivables,
        {% for id in var('aging_bucket_ids') -%}
            {%- set there = 'valued.age is null' if id == 'no_due_date' else "buckets.bucket_id = '" ~ id ~ "'" -%}
            {%- set summed = 'sum(case when ' ~ there ~ ' then valued.open_balance else 0 end)' -%}
            {%- set amount = 'cast(' ~ summed ~ ' as decimal(18, 4))' -%}
            {{ amount }} as aging_{{ id }},
            cast({{ in_reporting_currency(amount) }} as decimal(38, 16))
                as aging_{{ id }}_reporting{% if not loop.last %},{% endif %}
        {% endfor %}
    from valued
    left join buckets
        on valued.age between coalesce(buckets.first_day, valued.age) and coalesce(buckets.last_day, valued.age)
    left join rates
        on
            valued.balance_date = rates.date_day
            and valued.currency_code = rates.currency_code
    group by {{ of_valued }}, rates.rate

)

select * from final
