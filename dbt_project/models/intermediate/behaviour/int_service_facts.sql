{#- An answered survey counts twice: in the month it was sent (was it answered?) and in the month it was answered (how
    satisfied?). -#}
{%- set measures = [
    ('episodes_first_called', 'first_calls', 'call_date', '1'),
    ('episodes_resolved', 'first_calls', 'call_date', 'case when is_resolved then 1 else 0 end'),
    ('cases_closed', 'closed_cases', 'closed_date', '1'),
    ('cases_resolved', 'closed_cases', 'closed_date', 'case when contacts > 1 or is_reopened then 0 else 1 end'),
    ('surveys_sent', 'sent', 'sent_date', '1'),
    ('surveys_answered', 'answered', 'sent_date', '1'),
    ('responses', 'answered', 'responded_date', '1'),
    ('satisfied_responses', 'answered', 'responded_date', 'case when score >= 4 then 1 else 0 end'),
] -%}

with

first_calls as (

    select * from {{ ref('int_first_calls') }}

),

cases as (

    select
        *,
        cast(closed_at as date) as closed_date,
        cast(reopened_at as date) as reopened_date
    from {{ ref('stg_collections__cases') }}
    where cast(closed_at as date) <= {{ as_of_date() }}

),

activities as (

    select * from {{ ref('int_activities') }}

),

surveys as (

    select
        *,
        cast(sent_at as date) as sent_date,
        cast(responded_at as date) as responded_date
    from {{ ref('stg_collections__surveys') }}

),

customers as (

    select * from {{ ref('int_customers') }}

),

-- With the number of contacts about the case up to its closing; later ones belong to the reopened case.
closed_cases as (

    select
        cases.customer_id,
        cases.closed_date,
        cases.reopened_date <= {{ as_of_date() }}
        and cases.reopened_date
        <= cast({{ dbt.dateadd('day', var('case_reopen_days'), 'cases.closed_date') }} as date) as is_reopened,
        count(activities.activity_id) as contacts
    from cases
    left join activities
        on
            cases.case_id = activities.case_id
            and cases.closed_at >= activities.occurred_at
    group by
        cases.case_id,
        cases.customer_id,
        cases.closed_date,
        cases.reopened_date

),

sent as (

    select * from surveys
    where sent_date <= {{ as_of_date() }}

),

answered as (

    select * from surveys
    where
        score is not null
        and responded_date <= {{ as_of_date() }}

),

stacked as (

    {% for measure, source, date_day, quantity in measures -%}
        select
            customer_id,
            {{ date_day }} as date_day,
            '{{ measure }}' as measure,
            {{ quantity }} as quantity
        from {{ source }}
        {% if not loop.last -%}
            union all
        {% endif -%}
    {% endfor %}

),

final as (

    select
        cast({{ dbt.last_day('stacked.date_day', 'month') }} as date) as month_end,
        customers.segment,
        stacked.measure,
        sum(stacked.quantity) as quantity
    from stacked
    inner join customers on stacked.customer_id = customers.customer_id
    group by
        cast({{ dbt.last_day('stacked.date_day', 'month') }} as date),
        customers.segment,
        stacked.measure

)

select * from final
