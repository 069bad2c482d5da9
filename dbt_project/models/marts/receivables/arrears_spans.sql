{{ config(materialized='replaced_view') }}

{%- set part = ['item_id', 'instalment_id', 'due_date', 'company_id', 'customer_id', 'segment', 'currency_code'] -%}

with

ledger as (

    select * from {{ ref('fct_receivables_ledger') }}
    where
        item_type = 'invoice'
        and due_date is not null
        and segment is not null

),

months as (

    select * from {{ ref('dim_months') }}

),

changes as (

    select
        {{ part | join(', ') }},
        effective_date,
        sum(amount) as amount
    from ledger
    group by {{ part | join(', ') }}, effective_date

),

-- A balance holds until the next change of what is due on the same day.
balanced as (

    select
        {{ part | join(', ') }},
        effective_date,
        cast({{ dbt.dateadd('day', 1, 'due_date') }} as date) as first_late_day,
        cast(
            sum(amount) over (
                partition by {{ part | join(', ') }} order by effective_date asc nulls last
                rows between unbounded preceding and current row
            ) as decimal(18, 4)
        ) as balance,
        lead(effective_date) over (partition by {{ part | join(', ') }} order by effective_date asc nulls last)
            as next_date
    from changes

),

late as (

    select
        *,
        greatest(effective_date, first_late_day) as late_from,
        cast({{ dbt.dateadd('day', -1, 'next_date') }} as date) as late_to
    from balanced
    where balance <> 0

),

-- A span that goes on has no end yet: it is taken to the end of each month it reaches.
split as (

    select
        late.*,
        months.month_end,
        greatest(late.late_from, months.month_start) as from_day,
        least(coalesce(late.late_to, months.balance_date), months.balance_date) as to_day
    from late
    inner join months
        on
            late.late_from <= months.balance_date
            and coalesce(late.late_to, months.balance_date) >= months.month_start
    where coalesce(late.late_to, late.late_from) >= late.late_from

),

final as (

    select
        month_end,
        item_id as invoice_id,
        instalment_id,
        due_date,
        from_day,
        to_day,
        company_id,
        customer_id,
        segment,
        currency_code,
        cast({{ dbt.datediff('from_day', 'to_day', 'day') }} + 1 as integer) as days,
        balance,
        cast(balance * ({{ dbt.datediff('from_day', 'to_day', 'day') }} + 1) as decimal(20, 4)) as principal_days
    from split

)

select * from final
