{%- set key = ['month_end', 'company_id', 'segment', 'bucket_id'] -%}
{%- set states = ['written_off', 'paid', 'credited'] -%}
{%- for bucket in var('aging_bucket_ids') -%}{%- do states.append('to_' ~ bucket) -%}{%- endfor -%}

with

cohorts as (

    select * from {{ ref('int_loss_cohorts') }}

),

months as (

    select * from {{ ref('int_months') }}

),

buckets as (

    select * from {{ ref('aging_buckets') }}

),

-- Every bucket in every month from a group's first on, whether anything stood in it or not.
grid as (

    select
        months.month_end,
        case when months.is_complete then months.month_end end as cohort_month_end,
        firsts.company_id,
        firsts.segment,
        buckets.bucket_id
    from (
        select
            company_id,
            segment,
            min(month_end) as first_month_end
        from cohorts
        group by
            company_id,
            segment
    ) as firsts
    inner join months on firsts.first_month_end <= months.month_end
    cross join buckets

),

-- Where each bucket's balance went in a month. A month that is still running is no cohort yet.
monthly as (

    select
        grid.month_end,
        grid.company_id,
        grid.segment,
        grid.bucket_id,
        {% for bucket in var('aging_bucket_ids') -%}
            sum(case when cohorts.bucket_at_end = '{{ bucket }}' then cohorts.still_open else 0 end) as to_{{ bucket }},
        {% endfor -%}
        {% for state in states[:3] -%}
            coalesce(sum(cohorts.{{ state }}), 0) as {{ state }}
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from grid
    left join cohorts
        on
            grid.cohort_month_end = cohorts.month_end
            and grid.company_id = cohorts.company_id
            and grid.segment = cohorts.segment
            and grid.bucket_id = cohorts.bucket_at_start
    group by
        grid.month_end,
        grid.company_id,
        grid.segment,
        grid.bucket_id

),

pooled as (

    select
        {{ key | join(',\n        ') }},
        {% for state in states -%}
            cast(greatest(sum({{ state }}) over look_back, 0) as decimal(18, 4)) as {{ state }},
        {% endfor -%}
        sum(case when {{ states | join(' + ') }} > 0 then 1 else 0 end) over look_back as cohorts
    from monthly
    window look_back as (
        partition by company_id, segment, bucket_id order by month_end asc nulls last
        rows between {{ var('loss_look_back_months') | int(default=24) - 1 }} preceding and current row
    )

),

shares as (

    select
        {{ key | join(',\n        ') }},
        cohorts,
        {% for state in states -%}
            coalesce(cast({{ state }} as double) / nullif(cast({{ states | join(' + ') }} as double), 0), 0)
                as {{ state }}
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from pooled

),

{{ gone_in_the_end('shares', 'written_off', states[3:]) }},

final as (

    select
        month_end,
        company_id,
        segment,
        bucket_id,
        cast(cohorts as integer) as cohorts,
        case when cohorts > 0 then cast(least(written_off, 1) as decimal(9, 8)) end as historical_loss_rate
    from gone_in_the_end

)

select * from final
