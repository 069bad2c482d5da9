{%- set measures = [
    'episodes_first_called', 'episodes_resolved', 'cases_closed', 'cases_resolved', 'surveys_sent', 'surveys_answered',
    'responses', 'satisfied_responses',
] -%}

with

levels as (

    select * from {{ ref('int_receivables_levels') }}
    where level in ('portfolio', 'segment')

),

facts as (

    select * from {{ ref('int_service_facts') }}

),

landed_tables as (

    select * from {{ ref('int_landed_tables') }}

),

rolled_up as (

    select
        month_end,
        {% for measure in measures -%}
            sum(case when measure = '{{ measure }}' then quantity else 0 end) as {{ measure }},
        {% endfor -%}
        case when grouping(segment) = 1 then 'portfolio' else 'segment:' || segment end as scope
    from facts
    group by grouping sets (
        (month_end),
        (month_end, segment)
    )

),

-- Customers don't belong to one company: these KPIs are for the portfolio and for segments only.
joined as (

    select
        levels.month_end,
        levels.level,
        levels.scope,
        levels.segment,
        {% for measure in measures -%}
            coalesce(rolled_up.{{ measure }}, 0) as {{ measure }},
        {% endfor -%}
        landed_tables.has_activities and landed_tables.has_receipts as has_calls_and_cash,
        landed_tables.has_activities and landed_tables.has_cases as has_contacts_and_cases,
        landed_tables.has_surveys,
        levels.is_complete
    from levels
    left join rolled_up
        on
            levels.month_end = rolled_up.month_end
            and levels.scope = rolled_up.scope
    cross join landed_tables

),

final as (

    select
        month_end,
        level,
        scope,
        segment,
        {% for measure in measures -%}
            cast({{ measure }} as bigint) as {{ measure }},
        {% endfor -%}
        case
            when has_calls_and_cash and episodes_first_called > 0
                then cast(episodes_resolved as double) / episodes_first_called
        end as first_call_resolution,
        case when has_contacts_and_cases and cases_closed > 0 then cast(cases_resolved as double) / cases_closed end
            as first_contact_resolution,
        case when responses > 0 then cast(satisfied_responses as double) / responses end as csat,
        case when surveys_sent > 0 then cast(surveys_answered as double) / surveys_sent end as survey_response_rate,
        case
            when not has_calls_and_cash then 'no_data'
            when episodes_first_called = 0 then 'no_first_calls'
        end as reason_call,
        case
            when not has_contacts_and_cases then 'no_data'
            when cases_closed = 0 then 'no_cases_closed'
        end as reason_contact,
        case
            when not has_surveys then 'no_data'
            when responses = 0 then 'no_responses'
        end as reason,
        case
            when not has_surveys then 'no_data'
            when surveys_sent = 0 then 'no_surveys_sent'
        end as reason_response,
        is_complete
    from joined

)

select * from final
