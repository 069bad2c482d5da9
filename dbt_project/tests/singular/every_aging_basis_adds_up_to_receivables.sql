-- Guards: whatever ages are counted from, and on whatever day, what is open adds up to the receivables of the as-of
-- day; by due date, and not ahead, each bucket does.
-- Why it matters: an aging that leaves something out is believed as much as one that doesn't.
-- A row is a company, segment and currency where it doesn't. The view is large: the running month and those to come are
-- read, and only in a build of all rows.
{%- set sums = ['receivables', 'unapplied_credits'] -%}
{%- for bucket in var('aging_bucket_ids') -%}{%- do sums.append('aging_' ~ bucket) -%}{%- endfor %}
with

aged as (

    select * from {{ ref('aging_by_basis_monthly') }}
    where month_end >= {{ as_of_date() }}

),

days as (

    select * from {{ ref('receivables_daily') }}
    where date_day = {{ as_of_date() }}

),

asked as (

    {% for basis in ['due_date', 'document_date', 'posting_date'] -%}
        select
            cast({{ dbt.last_day(as_of_date(), 'month') }} as date) as month_end,
            false as is_ahead,
            '{{ basis }}' as basis
        union distinct
    {% endfor -%}
    select
        month_end,
        is_ahead,
        basis
    from aged

),

summed as (

    select
        month_end,
        is_ahead,
        basis,
        company_id,
        segment,
        currency_code,
        {% for column in sums -%}
            sum({{ column }}) as {{ column }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from aged
    group by month_end, is_ahead, basis, company_id, segment, currency_code

),

compared as (

    select
        asked.month_end,
        asked.is_ahead,
        asked.basis,
        days.company_id,
        days.segment,
        days.currency_code,
        days.closing_balance - coalesce(summed.receivables, 0) as receivables_missing,
        days.unapplied_credits - coalesce(summed.unapplied_credits, 0) as credits_missing,
        case
            when asked.basis <> 'due_date' or asked.is_ahead then 0
            else
                0
                {% for bucket in var('aging_bucket_ids') -%}
                    + abs(days.aging_{{ bucket }} - coalesce(summed.aging_{{ bucket }}, 0))
                {% endfor %}
        end as in_another_bucket,
        coalesce(summed.receivables, 0) - coalesce(summed.unapplied_credits, 0)
        {%- for bucket in var('aging_bucket_ids') %}
            - coalesce(summed.aging_{{ bucket }}, 0)
        {%- endfor %} as in_no_bucket
    from asked
    cross join days
    left join summed
        on
            asked.month_end = summed.month_end
            and asked.is_ahead = summed.is_ahead
            and asked.basis = summed.basis
            and days.company_id = summed.company_id
            and days.segment = summed.segment
            and days.currency_code = summed.currency_code

)

select * from compared
where
    (receivables_missing <> 0 or credits_missing <> 0 or in_another_bucket <> 0 or in_no_bucket <> 0)
    {% if increments() -%}
        and false
    {%- endif %}
