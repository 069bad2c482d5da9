{{ config(materialized='replaced_view') }}

{#- What ages are counted from, and the column that has it. -#}
{%- set bases = {'due_date': 'balances.due_date', 'document_date': 'documents.document_date',
    'posting_date': 'documents.posting_date'} -%}
{%- set of_ledger = 'ledger.company_id, ledger.customer_id, ledger.segment, ledger.currency_code' -%}
{%- set of_based = of_ledger | replace('ledger', 'based') -%}

with

-- Credits have no age.
ledger as (

    select
        *,
        case when item_type = 'invoice' then item_id end as invoice_id
    from {{ ref('fct_receivables_ledger') }}
    where segment is not null

),

as_of as (

    select date_day from {{ ref('dim_dates') }}
    where is_as_of_day

),

buckets as (

    select * from {{ ref('dim_aging_buckets') }}
    where bucket_id <> 'no_due_date'

),

-- The months of the history, and month ends to come, by which what is open on the as-of day will be that much older.
days as (

    select
        month_end,
        balance_date,
        balance_date as aged_on
    from {{ ref('dim_months') }}
    {% for number in range(var('aging_months_ahead') | int + 1) -%}
        {%- set month_end = dbt.last_day(dbt.dateadd('month', number, 'date_day'), 'month') -%}
        union all
        select
            cast({{ month_end }} as date) as month_end,
            date_day as balance_date,
            cast({{ month_end }} as date) as aged_on
        from as_of
        where cast({{ month_end }} as date) > date_day
    {% endfor %}
),

documents as (

    select
        invoice_id,
        min(effective_date) as document_date,
        cast(min(recorded_at) as date) as posting_date
    from ledger
    where invoice_id is not null
    group by invoice_id

),

balances as (

    select
        days.month_end,
        days.aged_on,
        days.balance_date,
        {{ of_ledger }},
        ledger.invoice_id,
        ledger.due_date,
        sum(ledger.amount) as balance
    from ledger
    inner join days on ledger.effective_date <= days.balance_date
    group by days.month_end, days.aged_on, days.balance_date, {{ of_ledger }}, ledger.invoice_id, ledger.due_date
    having sum(ledger.amount) <> 0

),

based as (

    {% for basis, day in bases.items() -%}
        select
            balances.*,
            '{{ basis }}' as basis,
            case when balances.invoice_id is not null then balances.balance else 0 end as open_balance,
            {{ dbt.datediff(day, 'balances.aged_on', 'day') }} as age
        from balances
        left join documents on balances.invoice_id = documents.invoice_id
        {% if not loop.last -%}
            union all
        {% endif -%}
    {%- endfor %}

),

final as (

    select
        based.month_end,
        based.aged_on,
        based.basis,
        {{ of_based }},
        based.aged_on > based.balance_date as is_ahead,
        cast(sum(based.open_balance) as decimal(18, 4)) as open_invoices,
        cast(sum(based.balance - based.open_balance) as decimal(18, 4)) as unapplied_credits,
        cast(sum(based.balance) as decimal(18, 4)) as receivables,
        {% for id in var('aging_bucket_ids') -%}
            {%- set there = 'based.age is null' if id == 'no_due_date' else "buckets.bucket_id = '" ~ id ~ "'" -%}
            cast(sum(case when {{ there }} then based.open_balance else 0 end) as decimal(18, 4))
                as aging_{{ id }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from based
    left join buckets
        on based.age between coalesce(buckets.first_day, based.age) and coalesce(buckets.last_day, based.age)
    group by based.month_end, based.aged_on, based.balance_date, based.basis, {{ of_based }}

)

select * from final
