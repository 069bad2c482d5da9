{%- set balances = [
    'receivables_change', 'open_invoices_change', 'past_due_receivables_change', 'serious_receivables_change',
    'net_credit_sales',
] -%}
{%- set counts = ['open_invoice_count_change', 'past_due_invoice_count_change'] -%}

with

levels as (

    select * from {{ ref('int_receivables_levels') }}

),

measure_causes as (

    select * from {{ ref('int_measure_causes') }}

),

account_turns as (

    select * from {{ ref('int_account_turns') }}

),

causes as (

    {% for cause in var('kpi_causes') -%}
        select '{{ cause }}' as cause
        {% if not loop.last -%}
            union all
        {% endif -%}
    {% endfor %}

),

rolled_up as (

    select
        levels.scope,
        levels.month_end,
        measure_causes.cause,
        {% for measure in balances + counts -%}
            sum(measure_causes.{{ measure }}) as {{ measure }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from levels
    inner join measure_causes
        on
            levels.month_end = measure_causes.month_end
            and (levels.company_id is null or levels.company_id = measure_causes.company_id)
            and (levels.segment is null or levels.segment = measure_causes.segment)
    group by levels.scope, levels.month_end, measure_causes.cause

),

-- Accounts of companies don't add up: a customer of two companies is one account of the portfolio.
account_causes as (

    select
        month_end,
        company_scope,
        segment,
        cause,
        sum(open_accounts_change) as open_accounts_change,
        sum(past_due_accounts_change) as past_due_accounts_change
    from account_turns
    group by month_end, company_scope, segment, cause

),

accounts as (

    select
        levels.scope,
        levels.month_end,
        account_causes.cause,
        sum(account_causes.open_accounts_change) as open_accounts_change,
        sum(account_causes.past_due_accounts_change) as past_due_accounts_change
    from levels
    inner join account_causes
        on
            levels.month_end = account_causes.month_end
            and coalesce('company:' || levels.company_id, 'all') = account_causes.company_scope
            and (levels.segment is null or levels.segment = account_causes.segment)
    group by levels.scope, levels.month_end, account_causes.cause

),

-- A row for every cause and month, because windows over months count rows. Balances taken over raise receivables and
-- inflow by the same amount, so they add nothing to what is collected.
final as (

    select
        levels.month_end,
        levels.scope,
        causes.cause,
        {% for measure in balances + counts -%}
            coalesce(rolled_up.{{ measure }}, 0) as {{ measure }},
        {% endfor -%}
        case when causes.cause = 'taken_over' then coalesce(rolled_up.receivables_change, 0) else 0 end as taken_over,
        case
            when causes.cause = 'taken_over' then 0
            else coalesce(rolled_up.net_credit_sales, 0) - coalesce(rolled_up.receivables_change, 0)
        end as collected,
        case when causes.cause = 'collections' then levels.cash_received else 0 end as cash_received,
        case when causes.cause = 'collections' then levels.cash_applied_to_opening else 0 end
            as cash_applied_to_opening,
        coalesce(accounts.open_accounts_change, 0) as open_accounts_change,
        coalesce(accounts.past_due_accounts_change, 0) as past_due_accounts_change
    from levels
    cross join causes
    left join rolled_up
        on
            levels.scope = rolled_up.scope
            and levels.month_end = rolled_up.month_end
            and causes.cause = rolled_up.cause
    left join accounts
        on
            levels.scope = accounts.scope
            and levels.month_end = accounts.month_end
            and causes.cause = accounts.cause

)

select * from final
