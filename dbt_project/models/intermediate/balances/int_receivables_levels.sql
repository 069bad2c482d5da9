{#- The columns' names in the marts; cash_received is net of reversals. -#}
{%- set flows = {
    'net_credit_sales': 'net_credit_sales', 'taken_over': 'taken_over', 'invoiced': 'invoiced',
    'cash_received': 'cash_received - cash_reversed', 'written_off': 'written_off', 'recovered': 'write_offs_reversed',
    'cash_applied_to_opening': 'cash_applied_to_opening', 'cash_applied_to_past_due': 'cash_applied_to_past_due',
} -%}
{#- Flows from tables that a source may leave out: they are null then. -#}
{%- set rest_on = {
    'cash_received': 'receipts', 'cash_applied_to_opening': 'applications', 'cash_applied_to_past_due': 'applications',
    'written_off': 'adjustments', 'recovered': 'adjustments',
} -%}

with

receivables as (

    select * from {{ ref('int_receivables_monthly') }}

),

months as (

    select * from {{ ref('int_months') }}

),

landed_tables as (

    select * from {{ ref('int_landed_tables') }}

),

-- Every level is computed from the sums of its members, never from averages.
rolled_up as (

    select
        month_end,
        company_id,
        segment,
        grouping(company_id) as is_over_companies,
        grouping(segment) as is_over_segments,
        sum(receivables) as receivables,
        sum(open_invoices) as open_invoices,
        sum(unapplied_credits) as unapplied_credits,
        {% for bucket in var('aging_bucket_ids') -%}
            sum(aging_{{ bucket }}) as aging_{{ bucket }},
        {% endfor -%}
        {% for flow, amount in flows.items() -%}
            sum({{ amount }}) as {{ flow }},
        {% endfor -%}
        {% for movement in var('movements') -%}
            sum({{ movement }}) as moved_{{ movement }},
        {% endfor -%}
        sum(fx_difference) as fx_difference
    from receivables
    group by grouping sets (
        (month_end),
        (month_end, company_id),
        (month_end, segment),
        (month_end, company_id, segment)
    )

),

named as (

    select
        *,
        {{ level_of('is_over_companies', 'is_over_segments') }} as level,
        {{ scope_of('is_over_companies', 'is_over_segments') }} as scope,
        {{ aging_of('past_due') }} as past_due_receivables,
        {{ aging_of('serious') }} as serious_receivables
    from rolled_up

),

final as (

    select
        named.month_end,
        named.level,
        named.scope,
        named.company_id,
        named.segment,
        months.month_number,
        months.days,
        months.is_complete,
        coalesce(
            lag(named.receivables) over (partition by named.scope order by named.month_end asc nulls last), 0
        ) as opening_receivables,
        coalesce(
            lag(named.open_invoices) over (partition by named.scope order by named.month_end asc nulls last), 0
        ) as opening_open_invoices,
        coalesce(
            lag(named.past_due_receivables) over (partition by named.scope order by named.month_end asc nulls last), 0
        ) as opening_past_due_receivables,
        named.receivables,
        named.receivables - named.past_due_receivables as current_receivables,
        named.past_due_receivables,
        named.serious_receivables,
        named.open_invoices,
        named.unapplied_credits,
        {% for bucket in var('aging_bucket_ids') -%}
            named.aging_{{ bucket }},
        {% endfor -%}
        {% for flow in flows -%}
            {% if flow in rest_on -%}
                case when landed_tables.has_{{ rest_on[flow] }} then named.{{ flow }} end as {{ flow }}
            {%- else -%}
                named.{{ flow }}
            {%- endif %},
        {% endfor -%}
        {% for movement in var('movements') -%}
            named.moved_{{ movement }},
        {% endfor -%}
        named.fx_difference
    from named
    inner join months on named.month_end = months.month_end
    cross join landed_tables

)

select * from final
