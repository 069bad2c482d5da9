with

cohorts as (

    select * from {{ ref('int_roll_cohorts') }}

),

buckets as (

    select * from {{ ref('aging_buckets') }}

),

months as (

    select * from {{ ref('int_months') }}

),

aged as (

    select
        cohorts.*,
        coalesce(first_buckets.bucket_id, 'no_due_date') as from_bucket,
        coalesce(last_buckets.bucket_id, 'no_due_date') as to_bucket
    from cohorts
    left join buckets as first_buckets
        on
            first_buckets.bucket_id <> 'no_due_date'
            and cohorts.days_at_start >= coalesce(first_buckets.first_day, -99999)
            and cohorts.days_at_start <= coalesce(first_buckets.last_day, 99999)
    left join buckets as last_buckets
        on
            last_buckets.bucket_id <> 'no_due_date'
            and cohorts.days_at_end >= coalesce(last_buckets.first_day, -99999)
            and cohorts.days_at_end <= coalesce(last_buckets.last_day, 99999)

),

-- A cohort's balance is divided into what is still open, in a bucket at the month's end, and what was paid, credited or
-- written off.
gone as (

    select
        month_end,
        company_id,
        from_bucket,
        to_bucket as to_state,
        opening_balance - paid - other_reductions - written_off as balance_to
    from aged
    {%- for state, column in {'paid': 'paid', 'credited': 'other_reductions', 'written_off': 'written_off'}.items() %}
        union all
        select
            month_end,
            company_id,
            from_bucket,
            '{{ state }}' as to_state,
            {{ column }} as balance_to
        from aged
    {%- endfor %}

),

-- All companies together are computed from their sums.
summed as (

    select
        month_end,
        {{ company_level_of() }} as level,
        {{ company_scope_of() }} as scope,
        company_id,
        from_bucket,
        to_state,
        sum(balance_to) as balance_to
    from gone
    group by grouping sets (
        (month_end, from_bucket, to_state),
        (month_end, from_bucket, to_state, company_id)
    )

),

-- The states of a cohort add up to its opening balance.
shared_out as (

    select
        *,
        sum(balance_to) over (partition by month_end, scope, from_bucket) as balance_from
    from summed

),

final as (

    select
        shared_out.month_end,
        shared_out.level,
        shared_out.scope,
        shared_out.from_bucket,
        shared_out.to_state,
        shared_out.company_id,
        cast(shared_out.balance_from as decimal(18, 4)) as balance_from,
        cast(shared_out.balance_to as decimal(18, 4)) as balance_to,
        case
            when shared_out.balance_from > 0
                then cast(shared_out.balance_to as double) / cast(shared_out.balance_from as double)
        end as roll_rate,
        case when shared_out.balance_from <= 0 then 'no_receivables' end as reason,
        coalesce(to_buckets.position > from_buckets.position, false) as is_older_bucket,
        months.is_complete
    from shared_out
    inner join months on shared_out.month_end = months.month_end
    left join buckets as from_buckets on shared_out.from_bucket = from_buckets.bucket_id
    left join buckets as to_buckets on shared_out.to_state = to_buckets.bucket_id
    where
        shared_out.balance_to <> 0
        or shared_out.to_state in ('paid', 'credited', 'written_off')

)

select * from final
