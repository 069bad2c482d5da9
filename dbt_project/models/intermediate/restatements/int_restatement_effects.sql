with

-- The KPIs of a month are frozen at all levels at once.
reported as (

    select distinct
        month_end,
        kpi_id,
        frozen_at
    from {{ ref('int_published_kpis') }}

),

balances as (

    select * from {{ ref('int_restatement_balances') }}

),

-- A month has the same days at every level, so the portfolio's are used: another level may no longer exist.
lengths as (

    select
        month_end,
        days,
        days_3m,
        days_12m
    from {{ ref('int_level_measures') }}
    where scope = 'portfolio'

),

rolled_up as (

    select
        month_end,
        frozen_at,
        kind,
        {{ scope_of() }} as scope,
        {% for measure in ['receivables', 'open_invoices', 'past_due_receivables', 'serious_receivables',
            'opening_receivables', 'opening_open_invoices', 'opening_receivables_3m',
            'net_credit_sales', 'net_credit_sales_3m', 'net_credit_sales_12m', 'taken_over', 'taken_over_3m',
            'cash_received'] -%}
            sum({{ measure }}_difference) as {{ measure }},
        {% endfor -%}
        sum(receivables_difference - past_due_receivables_difference) as current_receivables,
        sum(changes) as changes
    from balances
    group by grouping sets (
        (month_end, frozen_at, kind),
        (month_end, frozen_at, kind, company_id),
        (month_end, frozen_at, kind, segment),
        (month_end, frozen_at, kind, company_id, segment)
    )

),

-- With the column names of int_level_measures, so that the numerators and denominators of KPIs can be computed here,
-- too.
measured as (

    select
        rolled_up.*,
        lengths.days,
        lengths.days_3m,
        lengths.days_12m,
        rolled_up.open_invoices - rolled_up.past_due_receivables as current_invoices,
        {% for months in ['', '_3m'] -%}
            {{ collected(months, 'rolled_up') }} as collected{{ months }},
            {{ collectible(months, 'rolled_up') }} as collectible{{ months }},
        {% endfor -%}
        -- These can't be computed from events alone.
        {% for column in ['open_invoice_count', 'past_due_invoice_count', 'open_accounts', 'past_due_accounts',
            'cash_applied_to_opening', 'dso_countback'] -%}
            0 as {{ column }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from rolled_up
    left join lengths on rolled_up.month_end = lengths.month_end

),

-- Numerators and denominators are linear in the measures: applied to what changed events add, they give what the events
-- add to them. For a KPI that is not a ratio of sums, events explain nothing.
final as (

    select
        measured.month_end,
        measured.scope,
        reported.kpi_id,
        measured.kind,
        measured.changes,
        {% for part in ['numerator', 'denominator'] -%}
            coalesce(
                case reported.kpi_id
                    {% for kpi in explained_ratios() -%}
                        when '{{ kpi.kpi_id }}' then cast({{ kpi[part] }} as double)
                    {% endfor -%}
                    when 'dso_countback' then cast(0 as double)
                end,
                0
            ) as {{ part }}_difference{% if not loop.last %},{% endif %}
        {% endfor %}
    from measured
    inner join reported
        on
            measured.month_end = reported.month_end
            and measured.frozen_at = reported.frozen_at

)

select * from final
