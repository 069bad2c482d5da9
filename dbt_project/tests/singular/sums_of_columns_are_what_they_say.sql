-- Guards: a column of cei_monthly that says in its meta of which others it is the sum (`sum_of`) is that sum.
-- Why it matters: an explanation of a KPI prints the sum with its numbers put in.
-- A row is a month and scope in which a column is another amount.
with

cei as (

    select * from {{ ref('cei_monthly') }}

),

stated as (

    {% for column, sum_of in sums_of('cei_monthly').items() -%}
        select
            month_end,
            scope,
            '{{ column }}' as column_name,
            {{ column }} as amount,
            {{ sum_of }} as added_up
        from cei
        union all
    {% endfor -%}
    select
        month_end,
        scope,
        'days' as column_name,
        days as amount,
        days as added_up
    from cei

)

select * from stated
where abs(amount - added_up) > 0.0005
