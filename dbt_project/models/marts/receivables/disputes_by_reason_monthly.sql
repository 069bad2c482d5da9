{%- set measures = {
    'disputes_opened': 'bigint', 'disputed_opened': 'decimal(18, 4)', 'disputes_reopened': 'bigint',
    'disputed_reopened': 'decimal(18, 4)', 'disputes_closed': 'bigint', 'disputed_closed': 'decimal(18, 4)',
    'disputed_credited': 'decimal(18, 4)', 'disputed_paid': 'decimal(18, 4)', 'disputed_rejected': 'decimal(18, 4)',
    'disputed_written_off': 'decimal(18, 4)', 'days_to_close': 'bigint', 'disputes_open': 'bigint',
    'disputed_open': 'decimal(18, 4)',
} -%}

with

disputes as (

    select * from {{ ref('int_disputes_by_reason_monthly') }}

),

-- The months, companies and segments of disputes_monthly.
receivables as (

    select
        month_end,
        company_id,
        segment
    from {{ ref('int_receivables_monthly') }}
    group by month_end, company_id, segment

),

summed as (

    select
        disputes.month_end,
        disputes.company_id,
        {% for measure, type in measures.items() -%}
            cast(sum(disputes.{{ measure }}) as {{ type }}) as {{ measure }},
        {% endfor -%}
        disputes.reason_code
    from disputes
    inner join receivables
        on
            disputes.month_end = receivables.month_end
            and disputes.company_id = receivables.company_id
            and disputes.segment = receivables.segment
    group by disputes.month_end, disputes.company_id, disputes.reason_code

),

final as (

    select
        month_end,
        company_id,
        reason_code,
        {% for measure in measures -%}
            {{ measure }},
        {% endfor -%}
        case when disputes_closed > 0 then cast(days_to_close as double) / disputes_closed end as dispute_days,
        month_end <= {{ as_of_date() }} as is_complete
    from summed

)

select * from final
