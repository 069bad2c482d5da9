with

cohorts as (

    select * from {{ ref('int_roll_cohorts') }}

),

months as (

    select * from {{ ref('int_months') }}

),

-- Where a cohort went: what is left of it stands in a bucket, the rest was paid, credited or written off.
gone as (

    select
        month_end,
        company_id,
        from_bucket,
        to_bucket as to_state,
        opening_balance - paid - credited - written_off as balance_to
    from cohorts
    union all
    select
        month_end,
        company_id,
        from_bucket,
        'paid' as to_state,
        paid as balance_to
    from cohorts
    union all
    select
        month_end,
        company_id,
        from_bucket,
        'credited' as to_state,
        credited as balance_to
    from cohorts
    union all
    select
        month_end,
        company_id,
        from_bucket,
        'written_off' as to_state,
        written_off as balance_to
    from cohorts

),

summed as (

    select
        month_end,
        company_id,
        from_bucket,
        to_state,
        sum(balance_to) as balance_to
    from gone
    group by
        month_end,
        company_id,
        from_bucket,
        to_state

),

opened as (

    select
        month_end,
        company_id,
        from_bucket,
        sum(opening_balance) as balance_from
    from cohorts
    group by
        month_end,
        company_id,
        from_bucket

),

final as (

    select
        summed.month_end,
        summed.from_bucket,
        summed.to_state,
        summed.company_id,
        cast(opened.balance_from as decimal(18, 4)) as balance_from,
        cast(summed.balance_to as decimal(18, 4)) as balance_to,
        case
            when opened.balance_from > 0 then cast(summed.balance_to as double) / cast(opened.balance_from as double)
        end as roll_rate,
        case when opened.balance_from <= 0 then 'no_receivables' end as reason,
        months.is_complete
    from summed
    inner join opened
        on
            summed.month_end = opened.month_end
            and summed.company_id = opened.company_id
            and summed.from_bucket = opened.from_bucket
    inner join months on summed.month_end = months.month_end
    where
        summed.balance_to <> 0
        or summed.to_state in ('paid', 'credited', 'written_off')

)

select * from final
