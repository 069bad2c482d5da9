with

survival as (

    select * from {{ ref('int_payment_survival') }}

),

ended as (

    select
        *,
        log_before + (last_day + 1 - first_day) * log_a_day as log_after
    from survival

),

-- The day by which a share is paid: the first by whose end so much or less is unpaid. Shares lose the last digits of a
-- double before they are rounded: half a millionth is up on every engine.
final as (

    select
        invoice_id,
        due_date,
        {% for name, unpaid in [('p10', 0.9), ('p50', 0.5), ('p90', 0.1)] -%}
            min(
                case
                    when log_after <= ln({{ unpaid }})
                        then first_day - 1 + greatest(
                            cast(ceil((ln({{ unpaid }}) - log_before) / log_a_day - 0.000000001) as integer), 1
                        )
                end
            ) as {{ name }},
        {% endfor -%}
        {% for day in [0, 30, 60, 90] -%}
            cast(
                min(
                    case
                        when {{ day }} between first_day and last_day
                            then cast(exp(log_before + ({{ day }} + 1 - first_day) * log_a_day) as decimal(18, 12))
                    end
                ) as decimal(9, 6)
            ) as p_late_{{ day }},
        {% endfor -%}
        {% for days in (range(7, 92, 7) | list) + [30, 90] -%}
            cast(
                coalesce(
                    min(
                        case
                            when days_since_due + {{ days }} between first_day and last_day
                                then
                                    cast(
                                        exp(log_before + (days_since_due + {{ days + 1 }} - first_day) * log_a_day)
                                        as decimal(18, 12)
                                    )
                        end
                    ),
                    -- Before anybody pays so early, or beyond the curve.
                    case
                        when min(days_since_due) + {{ days }} < min(first_day) then 1
                        else cast(exp(min(log_after)) as decimal(18, 12))
                    end
                ) as decimal(9, 6)
            ) as p_unpaid_{{ days }}d,
        {% endfor -%}
        cast(cast(exp(min(log_after)) as decimal(18, 12)) as decimal(9, 6)) as p_unpaid_365
    from ended
    group by
        invoice_id,
        due_date

)

select * from final
