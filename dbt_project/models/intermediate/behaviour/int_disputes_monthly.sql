{{ config(materialized='replaced_view') }}

{%- set measures = [
    'disputes_opened', 'disputed_opened', 'disputes_reopened', 'disputed_reopened', 'disputes_closed', 'days_to_close',
    'disputes_open', 'disputed_open',
] %}

with

reasons as (

    select * from {{ ref('int_disputes_by_reason_monthly') }}

),

final as (

    select
        month_end,
        company_id,
        {% for measure in measures -%}
            sum({{ measure }}) as {{ measure }},
        {% endfor -%}
        segment
    from reasons
    group by month_end, company_id, segment

)

select * from final
