{#
  CTEs that say which share of each bucket is gone in the end: what stands in a bucket goes on to others, and from these
  on, until it is gone (an absorbing chain). Bucket by bucket, what comes to it is sent on to where it goes when it leaves,
  until no bucket is left to come to. What never leaves a bucket is not gone. The last CTE has the macro's name.
  `shares`: CTE with a row a month, company, segment and bucket, its number of cohorts and the shares of a month's moves,
  doubles; `gone`: column with the share that is gone; `columns`: those with the share in each bucket, `to_` and its id.
#}
{% macro gone_in_the_end(shares, gone, columns) -%}
    {% for through in columns -%}
        {%- set from_it = "max(case when bucket_id = '" ~ through[3:] ~ "' then " -%}
        {{ 'gone_in_the_end' if loop.last else 'past_' ~ through[3:] }} as (

            select
                month_end,
                company_id,
                segment,
                bucket_id,
                cohorts,
                {% for column in [gone] + columns[loop.index:] -%}
                    {{ column }} + coalesce(
                        {{ through }} * {{ from_it }}{{ column }} end) over same
                        / nullif(1 - {{ from_it }}{{ through }} end) over same, 0), 0
                    ) as {{ column }}
                    {%- if not loop.last %},{% endif %}
                {% endfor %}
            from {{ shares if loop.first else 'past_' ~ loop.previtem[3:] }}
            window same as (partition by month_end, company_id, segment)

        ){% if not loop.last %},{% endif %}

    {% endfor %}
{%- endmacro %}
