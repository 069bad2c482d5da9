with

uses as (

    select * from {{ ref('int_credit_uses') }}

),

-- A use begins, and an application may end: what the one takes the other gives back.
moments as (

    select
        *,
        true as is_start,
        from_date as moment_date,
        amount as moved_amount
    from uses
    union all
    select
        *,
        false as is_start,
        to_date as moment_date,
        -amount as moved_amount
    from uses
    where to_date is not null

),

-- Of a day, what gives back comes before what takes.
final as (

    select
        item_type || ':' || item_id as credit_id,
        item_type,
        item_id,
        row_number() over (
            partition by item_type, item_id
            order by
                moment_date asc nulls last,
                case when moved_amount < 0 then 0 else 1 end asc nulls last,
                table_name asc nulls last,
                use_id asc nulls last
        ) as place,
        moment_date,
        use_number,
        table_name,
        use_id,
        is_start,
        amount,
        case when table_name = 'reversals' then 1 else 0 end as undoes,
        table_name <> 'applications' and coalesce(moment_date > ended_date, false) as is_too_late,
        -- Nothing is paid out of what has ended.
        case
            when table_name <> 'applications' and moment_date > ended_date then cast(0 as decimal(18, 4))
            else held_amount
        end as held_amount,
        currency_code,
        ended_date
    from moments

)

select * from final
