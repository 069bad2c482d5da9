{#
  CTEs of countback DSO: `ended`, `counted`, and the last with the macro's name, which has `key`, month_end, dso_countback and
  dso_countback_reason. The count goes back from each month until sales cover its receivables; without enough of them, over all days there are.
  A month whose sales are not positive adds its days, and covers nothing.
  `months`: the CTE of months, with `key`, month_end, receivables, net_credit_sales, days, and up to the month itself sales_so_far (positive ones)
  and days_so_far (also of months that have no row). `key`: what is counted for, as scope or customer_id.
  `month_end`: the column that orders the months, which may be the end of another kind of period.
  A macro, so that levels, customers and fiscal periods are counted alike.
#}
{% macro counted_back(months, key, month_end='month_end') -%}
    -- The count ends at the newest month whose sales, together with those of the months after it, cover the receivables.
    ended as (

        select
            measured.{{ key }},
            measured.{{ month_end }},
            max(earlier.{{ month_end }}) as last_counted_end
        from {{ months }} as measured
        inner join {{ months }} as earlier
            on
                measured.{{ key }} = earlier.{{ key }}
                and measured.{{ month_end }} >= earlier.{{ month_end }}
                and earlier.net_credit_sales > 0
                and measured.sales_so_far - earlier.sales_so_far + earlier.net_credit_sales >= measured.receivables
        where measured.receivables > 0
        group by
            measured.{{ key }},
            measured.{{ month_end }}

    ),

    counted as (

        select
            measured.{{ key }},
            measured.{{ month_end }},
            measured.receivables,
            measured.days_so_far,
            last_counted.{{ month_end }} as last_counted_end,
            measured.days_so_far - last_counted.days_so_far as whole_days,
            cast(measured.receivables - (measured.sales_so_far - last_counted.sales_so_far) as double)
            / nullif(cast(last_counted.net_credit_sales as double), 0) * last_counted.days as part_days
        from {{ months }} as measured
        left join ended
            on
                measured.{{ key }} = ended.{{ key }}
                and measured.{{ month_end }} = ended.{{ month_end }}
        left join {{ months }} as last_counted
            on
                ended.{{ key }} = last_counted.{{ key }}
                and ended.last_counted_end = last_counted.{{ month_end }}

    ),

    counted_back as (

        select
            {{ key }},
            {{ month_end }},
            case
                when receivables <= 0 then cast(0 as double)
                when last_counted_end is null then cast(days_so_far as double)
                else whole_days + part_days
            end as dso_countback,
            case
                when receivables <= 0 then 'credit_balance'
                when last_counted_end is null then 'truncated'
            end as dso_countback_reason
        from counted

    )
{%- endmacro %}
