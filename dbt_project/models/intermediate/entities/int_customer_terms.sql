with

customers as (

    select * from {{ source('ar', 'customers') }}
    where
        not coalesce(is_deleted, false)
        and cast(coalesce(recorded_at, loaded_at) as date) <= {{ known_as_of_date() }}

),

-- Sources land unchanged customers again and again: only few have had different terms.
differing as (

    select customer_id
    from customers
    group by customer_id
    having count(distinct coalesce(cast(payment_terms_days as string), '')) > 1

),

versions as (

    select
        customers.customer_id,
        customers.payment_terms_days,
        cast(customers.updated_at as date) as updated_on,
        row_number() over (
            partition by customers.customer_id, cast(customers.updated_at as date)
            order by
                customers.updated_at desc nulls last,
                customers.source_file_number desc nulls last,
                customers.source_row desc nulls last
        ) as rank_of_day,
        row_number() over (
            partition by customers.customer_id
            order by customers.source_file_number asc nulls last, customers.source_row asc nulls last
        ) as landing_rank
    from customers
    inner join differing on customers.customer_id = differing.customer_id

),

-- Before the first version with a date, the terms that landed first are in force; they are in force always if no
-- version has a date.
dated as (

    select
        customer_id,
        payment_terms_days,
        updated_on as valid_from
    from versions
    where
        updated_on is not null
        and rank_of_day = 1
    union all
    select
        customer_id,
        payment_terms_days,
        cast('0001-01-01' as date) as valid_from
    from versions
    where landing_rank = 1

),

final as (

    select
        customer_id,
        payment_terms_days,
        valid_from,
        lead(valid_from) over (partition by customer_id order by valid_from asc nulls last) as valid_until
    from dated

)

select * from final
