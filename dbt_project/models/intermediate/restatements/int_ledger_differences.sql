{%- set compared = ['effective_date', 'company_id', 'customer_id', 'item_id', 'due_date', 'currency_code', 'amount',
    'is_credit_sale'] -%}
{%- set columns = ['event_type', 'item_type', 'recorded_at', 'source_table', 'source_id', 'segment'] + compared -%}

with

ledger as (

    select * from {{ ref('fct_receivables_ledger') }}
    where {{ this_run(ref('int_items_this_run'), ['item_type', 'item_id'], adds=changed_since()['is_published']) }}

),

published_ledger as (

    select * from {{ ref('int_published_ledger') }}

),

-- There are no restatements in a build of what was known on another day, and none before anything is frozen.
frozen as (

    select max(month_end) as last_month_end from {{ ref('int_published_kpis') }}
    {% if given('known_as_of') %}where 1 = 0{% endif %}

),

{% for name, ledger in [('today', 'ledger'), ('reported', 'published_ledger')] -%}
    {{ name }}_in_frozen_months as (

        select {{ ledger }}.*
        from {{ ledger }}
        inner join frozen on {{ ledger }}.effective_date <= frozen.last_month_end

    ),

{% endfor -%}

-- Compares both ledgers in one pass: events that only one of them has, and events with other values or another segment.
paired as (

    select
        coalesce(reported_in_frozen_months.event_id, today_in_frozen_months.event_id) as event_id,
        reported_in_frozen_months.event_id is not null as was_there,
        today_in_frozen_months.event_id is not null as is_there,
        {% for column in columns -%}
            reported_in_frozen_months.{{ column }} as before_{{ column }},
            today_in_frozen_months.{{ column }} as after_{{ column }},
        {% endfor -%}
        (
            reported_in_frozen_months.event_id is null
            or today_in_frozen_months.event_id is null
            {% for column in compared -%}
                or reported_in_frozen_months.{{ column }} is distinct from today_in_frozen_months.{{ column }}
            {% endfor -%}
        ) as is_another_event
    from reported_in_frozen_months
    full outer join today_in_frozen_months on reported_in_frozen_months.event_id = today_in_frozen_months.event_id

),

different as (

    select * from paired
    where
        is_another_event
        or before_segment is distinct from after_segment

),

-- A change subtracts the event as it was reported, and adds it as it is today.
versions as (

    {% for entry, is_there, sign in [('before', 'was_there', '-'), ('after', 'is_there', '')] -%}
        select
            event_id,
            '{{ entry }}' as entry,
            was_there and is_there as is_in_both,
            case when not is_another_event then 'from ' || before_segment || ' to ' || after_segment end
                as segment_change,
            {% for column in columns if column != 'amount' -%}
                {{ entry }}_{{ column }} as {{ column }},
            {% endfor -%}
            cast({{ sign }}{{ entry }}_amount as decimal(18, 4)) as amount
        from different
        where {{ is_there }}
        {%- if not loop.last %}
            union all
        {% endif %}
    {%- endfor %}

)

select * from versions
