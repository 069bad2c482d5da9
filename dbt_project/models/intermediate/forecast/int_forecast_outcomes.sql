{%- set since -%} cast({{ dbt.dateadd('day', -400, as_of_date()) }} as date) {%- endset -%}

with

frozen as (

    select * from {{ ref('int_published_forecasts') }}
    where
        as_of_date > {{ since }}
        and as_of_date < {{ as_of_date() }}

),

spells as (

    select * from {{ ref('int_payment_spells') }}

),

-- What has another due date since, or is deleted, has left its part.
followed as (

    select
        frozen.*,
        cast({{ dbt.datediff('frozen.due_date', 'frozen.as_of_date', 'day') }} as integer) as days_then,
        case
            when spells.is_paid then cast({{ dbt.datediff('spells.due_date', 'spells.ended_on', 'day') }} as integer)
        end as days_late,
        case
            when spells.ended_on is null
                then cast({{ dbt.datediff('spells.due_date', as_of_date(), 'day') }} as integer)
        end as days_open,
        case
            when not spells.is_paid
                then cast({{ dbt.datediff('spells.due_date', 'spells.ended_on', 'day') }} as integer) - 1
        end as days_before_it_left
    from frozen
    left join spells
        on
            frozen.invoice_id = spells.invoice_id
            and frozen.due_date = spells.due_date

),

-- Whether it was unpaid when a day late ended is known if it was paid, or seen unpaid so long, and was open until then.
-- To come is what an open item is still waited for: nothing that was never said of it, was decided then, or is known.
final as (

    select
        as_of_date,
        invoice_id,
        due_date,
        company_id,
        segment,
        days_late,
        expected_days_late - days_late as error,
        case
            when expected_days_late is not null
                then cast(greatest(baseline_days_late, days_then + 1) - days_late as decimal(9, 1))
        end as baseline_error,
        case
            when p10_date is null or days_late is null then null
            when {{ dbt.dateadd('day', 'days_late', 'due_date') }} < p10_date then 0
            when {{ dbt.dateadd('day', 'days_late', 'due_date') }} > p90_date then 0
            else 1
        end as is_in_interval,
        {% for measured, said in [('error', 'expected_days_late'), ('is_in_interval', 'p10_date')] -%}
            case when days_open is not null and {{ said }} is not null then 1 else 0 end as {{ measured }}_to_come,
        {% endfor -%}
        {% for day in [0, 30] -%}
            case
                when days_then >= {{ day }} then null
                when days_late is not null then case when days_late > {{ day }} then 1 else 0 end
                when coalesce(days_open, days_before_it_left) >= {{ day }} then 1
            end as was_late_{{ day }},
            case when days_open < {{ day }} and p_late_{{ day }} is not null then 1 else 0 end
                as was_late_{{ day }}_to_come,
            p_late_{{ day }},
            baseline_p_late_{{ day }}{% if not loop.last %},{% endif %}
        {% endfor -%}
    from followed

)

select * from final
