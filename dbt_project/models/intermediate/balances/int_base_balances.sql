{#- For each item type of the ledger: the staging model of its documents, and their key. -#}
{%- set documents = {
    'invoice': ('stg_ar__invoices', 'invoice_id'), 'overpayment': ('stg_ar__invoices', 'invoice_id'),
    'receipt': ('stg_payments__receipts', 'receipt_id'), 'credit_memo': ('stg_ar__credit_memos', 'credit_memo_id'),
} -%}
with

control_balances as (

    select * from {{ ref('stg_ar__control_balances') }}
    where
        base_balance is not null
        and balance_date <= {{ as_of_date() }}

),

companies as (

    select * from {{ ref('int_companies') }}

),

ledger as (

    select * from {{ ref('fct_receivables_ledger') }}

),

rates as (

    {% for item_type, (staged, key) in documents.items() %}
        select
            '{{ item_type }}' as item_type,
            {{ key }} as item_id,
            cast(exchange_rate as decimal(19, 12)) as exchange_rate
        from {{ ref(staged) }}
        where exchange_rate is not null
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

-- A document keeps the exchange rate it was posted at.
rated as (

    select
        ledger.company_id,
        ledger.effective_date,
        ledger.amount,
        ledger.currency_code <> companies.currency_code as is_foreign,
        case when ledger.currency_code = companies.currency_code then 1 else rates.exchange_rate end as rate
    from ledger
    inner join companies on ledger.company_id = companies.company_id
    left join rates
        on
            ledger.item_type = rates.item_type
            and ledger.item_id = rates.item_id
    where ledger.company_id in (select control_balances.company_id from control_balances)

),

moved as (

    select
        company_id,
        effective_date,
        sum(cast(amount * rate as decimal(38, 16))) as base_change,
        sum(case when is_foreign then 1 else 0 end) as foreign_changes,
        sum(case when rate is null then 1 else 0 end) as changes_without_rate
    from rated
    group by
        company_id,
        effective_date

),

summed as (

    select
        control_balances.company_id,
        control_balances.currency_code,
        control_balances.balance_date,
        control_balances.base_balance as base_control_balance,
        coalesce(sum(moved.base_change), 0) as base_ledger_balance,
        coalesce(sum(moved.foreign_changes), 0) as foreign_changes,
        coalesce(sum(moved.changes_without_rate), 0) as changes_without_rate
    from control_balances
    left join moved
        on
            control_balances.company_id = moved.company_id
            and control_balances.balance_date >= moved.effective_date
    group by
        control_balances.company_id,
        control_balances.currency_code,
        control_balances.balance_date,
        control_balances.base_balance

),

-- A general ledger rounds each converted change to the cent, so each may differ by up to half a cent.
final as (

    select
        summed.company_id,
        summed.currency_code,
        summed.balance_date,
        companies.currency_code as base_currency_code,
        cast(summed.base_control_balance as decimal(18, 4)) as base_control_balance,
        case when summed.changes_without_rate = 0 then cast(summed.base_ledger_balance as decimal(18, 4)) end
            as base_ledger_balance,
        cast(summed.foreign_changes * 0.005 as decimal(18, 4)) as base_tolerance
    from summed
    inner join companies on summed.company_id = companies.company_id

)

select * from final
