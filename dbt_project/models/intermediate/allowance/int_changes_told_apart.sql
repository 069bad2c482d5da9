{%- set key = ['company_id', 'segment', 'assessed_customer_id', 'currency_code', 'due_date', 'month_end'] -%}
{%- set known_date = 'coalesce(late_events.known_date, ledger.effective_date)' -%}
{#- Which date counts, and whether it is added or taken away. -#}
{%- set counted = {known_date: 1, 'ledger.effective_date': -1} -%}

with

ledger as (

    select * from {{ ref('fct_receivables_ledger') }}
    where
        segment is not null
        and item_type = 'invoice'

),

late_events as (

    select * from {{ ref('int_late_events') }}

),

assessed as (

    select distinct
        company_id,
        customer_id
    from {{ ref('specific_provisions') }}

),

told_apart as (

    select ledger.item_id
    from ledger
    inner join late_events on ledger.event_id = late_events.event_id
    union distinct
    select ledger.item_id
    from ledger
    inner join assessed
        on
            ledger.company_id = assessed.company_id
            and ledger.customer_id = assessed.customer_id

),

dated as (

    {% for date, sign in counted.items() -%}
        select
            {{ sign }} as sign,
            ledger.item_id,
            ledger.company_id,
            ledger.segment,
            {{ 'assessed.customer_id' if sign == 1 else 'cast(null as string)' }} as assessed_customer_id,
            ledger.currency_code,
            ledger.due_date,
            cast({{ dbt.last_day(date, 'month') }} as date) as month_end,
            ledger.change_type,
            ledger.amount
        from ledger
        inner join told_apart on ledger.item_id = told_apart.item_id
        left join late_events on ledger.event_id = late_events.event_id
        left join assessed
            on
                ledger.company_id = assessed.company_id
                and ledger.customer_id = assessed.customer_id
        where {{ date }} <= {{ as_of_date() }}
        {% if not loop.last -%}
            union all
        {% endif -%}
    {% endfor %}

),

by_item as (

    select
        sign,
        item_id,
        {{ key | join(',\n        ') }},
        sum(amount) as balance_change,
        sum(case when change_type = 'redated' then amount else 0 end) as moved,
        -sum(case when change_type = 'paid' then amount else 0 end) as paid,
        -sum(case when change_type = 'written_off' then amount else 0 end) as written_off,
        count(*) as event_count,
        sum(sum(amount)) over (
            partition by sign, item_id, due_date order by month_end asc nulls last
            rows between unbounded preceding and current row
        ) - sum(amount) <> 0 as is_in_cohort
    from dated
    group by
        sign,
        item_id,
        {{ key | join(',\n        ') }}

),

-- As int_due_date_increments counts what left.
final as (

    select
        {{ key | join(',\n        ') }},
        sum(sign * balance_change) as balance_change,
        sum(sign * event_count) as event_count,
        {% for column, measure in {
            'cohort_change': 'balance_change', 'paid': 'paid', 'written_off': 'written_off',
            'credited': '(moved - balance_change - paid - written_off)',
        }.items() -%}
            sum(case when is_in_cohort then sign * {{ measure }} else 0 end) as {{ column }}
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from by_item
    group by {{ key | join(', ') }}

)

select * from final
