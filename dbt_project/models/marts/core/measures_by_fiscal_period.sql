{{ config(materialized='replaced_view') }}

{%- set counts = ['open_invoice_count', 'past_due_invoice_count', 'open_accounts', 'past_due_accounts'] -%}

with

receivables as (

    select * from {{ ref('receivables_by_fiscal_period') }}

),

tolerances as (

    select * from {{ ref('dim_debt_tolerances') }}

),

invoices as (

    select * from {{ ref('invoices_by_fiscal_period') }}

),

collections as (

    select * from {{ ref('cei_monthly') }}

),

losses as (

    select * from {{ ref('credit_losses_monthly') }}

),

-- What no source lands is null in every month.
sourced as (

    select
        max(case when collections.cash_received is not null then 1 else 0 end) as receipts,
        max(case when collections.cash_applied_to_opening is not null then 1 else 0 end) as applications,
        max(case when losses.written_off is not null then 1 else 0 end) as adjustments
    from collections
    inner join losses on collections.month_end = losses.month_end and collections.scope = losses.scope

),

judged as (

    select
        invoices.*,
        {{ is_debt('invoices.balance') }} as is_debt,
        {{ is_debt('invoices.past_due_balance') }} as is_past_due_debt
    from invoices
    left join tolerances on invoices.currency_code = tolerances.currency_code

),

-- At levels above companies, a customer of two companies is one account.
counted as (

    select
        period_end,
        {{ scope_of() }} as scope,
        sum(case when is_debt then 1 else 0 end) as open_invoice_count,
        sum(case when is_past_due_debt then 1 else 0 end) as past_due_invoice_count,
        count(distinct case when is_debt then customer_id end) as open_accounts,
        count(distinct case when is_past_due_debt then customer_id end) as past_due_accounts,
        sum(case when opening_balance > 0 then cash_applied else 0 end) as cash_applied_to_opening
    from judged
    group by grouping sets (
        (period_end),
        (period_end, company_id),
        (period_end, segment),
        (period_end, company_id, segment)
    )

),

final as (

    select
        receivables.period_end,
        receivables.period,
        receivables.level,
        receivables.scope,
        receivables.company_id,
        receivables.segment,
        receivables.fiscal_month,
        receivables.days,
        receivables.opening_receivables,
        receivables.closing_receivables as receivables,
        cast(receivables.closing_receivables - receivables.past_due_receivables as decimal(18, 4))
            as current_receivables,
        receivables.past_due_receivables,
        cast({{ aging_of('serious', 'receivables') }} as decimal(18, 4)) as serious_receivables,
        receivables.opening_open_invoices,
        receivables.open_invoices,
        {% for count in counts -%}
            cast(coalesce(counted.{{ count }}, 0) as bigint) as {{ count }},
        {% endfor -%}
        receivables.net_credit_sales,
        receivables.taken_over,
        case
            when sourced.receipts = 1 then cast(receivables.cash_received - receivables.cash_reversed as decimal(18, 4))
        end as cash_received,
        case
            when sourced.applications = 1 then cast(coalesce(counted.cash_applied_to_opening, 0) as decimal(18, 4))
        end as cash_applied_to_opening,
        case when sourced.adjustments = 1 then receivables.written_off end as written_off,
        case when sourced.adjustments = 1 then receivables.write_offs_reversed end as recovered,
        receivables.is_complete
    from receivables
    left join counted
        on
            receivables.period_end = counted.period_end
            and receivables.scope = counted.scope
    cross join sourced

)

select * from final
