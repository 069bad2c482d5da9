with

first_calls as (

    select * from {{ ref('int_first_calls') }}

),

case_resolutions as (

    select * from {{ ref('int_case_resolutions') }}

),

surveys as (

    select
        customer_id,
        cast(sent_at as date) as sent_date,
        case when score is not null then cast(responded_at as date) end as responded_date,
        score
    from {{ ref('stg_collections__surveys') }}

),

customers as (

    select * from {{ ref('int_customers') }}

),

-- An answered survey counts where it was sent (was it answered?) and where it was answered (how?).
stacked as (

    select
        customer_id,
        call_date as date_day,
        'episodes_first_called' as measure,
        1 as amount
    from first_calls
    union all
    select
        customer_id,
        call_date as date_day,
        'episodes_resolved' as measure,
        case when is_resolved then 1 else 0 end as amount
    from first_calls
    union all
    select
        customer_id,
        closed_date as date_day,
        'cases_closed' as measure,
        1 as amount
    from case_resolutions
    union all
    select
        customer_id,
        closed_date as date_day,
        'cases_resolved' as measure,
        case when contacts <= 1 and not is_reopened then 1 else 0 end as amount
    from case_resolutions
    union all
    select
        customer_id,
        sent_date as date_day,
        'surveys_sent' as measure,
        1 as amount
    from surveys
    where sent_date <= {{ as_of_date() }}
    union all
    select
        customer_id,
        sent_date as date_day,
        'surveys_answered' as measure,
        1 as amount
    from surveys
    where responded_date <= {{ as_of_date() }}
    union all
    select
        customer_id,
        responded_date as date_day,
        'responses' as measure,
        1 as amount
    from surveys
    where responded_date <= {{ as_of_date() }}
    union all
    select
        customer_id,
        responded_date as date_day,
        'satisfied_responses' as measure,
        case when score >= 4 then 1 else 0 end as amount
    from surveys
    where responded_date <= {{ as_of_date() }}

),

final as (

    select
        cast({{ dbt.last_day('stacked.date_day', 'month') }} as date) as month_end,
        customers.segment,
        stacked.measure,
        sum(stacked.amount) as amount
    from stacked
    inner join customers on stacked.customer_id = customers.customer_id
    group by
        cast({{ dbt.last_day('stacked.date_day', 'month') }} as date),
        customers.segment,
        stacked.measure

)

select * from final
