with

uses as (

    select * from {{ ref('int_credit_uses') }}

),

-- A use takes an amount when it begins; an application gives its amount back when it ends.
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

-- For each receipt or memo and invoice: what was applied before the day, less applications that end on the day; and
-- what rows of the day give back and take, up to and including each row.
measured as (

    select
        *,
        sum(moved_amount) over (
            partition by item_type, item_id, invoice_id order by moment_date asc nulls last
            range between unbounded preceding and current row
        ) - sum(case when is_start or moved_amount > 0 then moved_amount else 0 end) over of_the_day as stood_amount,
        sum(moved_amount) over of_the_day as net_of_day,
        sum(case when is_start then greatest(-moved_amount, 0) else 0 end) over of_the_day as given_back_that_day,
        sum(case when is_start then greatest(-moved_amount, 0) else 0 end) over up_to_it as given_back,
        sum(case when is_start then greatest(moved_amount, 0) else 0 end) over up_to_it as taken
    from moments
    window
        of_the_day as (partition by item_type, item_id, invoice_id, moment_date),
        up_to_it as (
            partition by item_type, item_id, invoice_id, moment_date
            order by table_name asc nulls last, use_id asc nulls last
            rows between unbounded preceding and current row
        )

),

-- A row that gives back more than was applied before the day corrects rows of the same day.
paired as (

    select
        *,
        case
            when is_start and moved_amount < 0 and given_back > greatest(stood_amount, 0)
                then given_back - greatest(stood_amount, 0)
            when
                is_start and moved_amount > 0
                and taken - moved_amount < given_back_that_day - greatest(stood_amount, 0)
                then taken - moved_amount
        end as corrected_amount
    from measured

),

-- The order within a day: first rows that give back, then corrected rows, each followed by the row that corrects it,
-- then rows that take.
final as (

    select
        item_type || ':' || item_id as credit_id,
        item_type,
        item_id,
        row_number() over (
            partition by item_type, item_id
            order by
                moment_date asc nulls last,
                case when corrected_amount is not null then 1 when moved_amount < 0 then 0 else 2 end asc nulls last,
                case when corrected_amount is not null then net_of_day end asc nulls last,
                case when corrected_amount is not null then invoice_id end asc nulls last,
                corrected_amount asc nulls last,
                case when moved_amount < 0 then 0 else 1 end asc nulls last,
                table_name asc nulls last,
                use_id asc nulls last
        ) as moment_number,
        moment_date,
        use_number,
        table_name,
        use_id,
        invoice_id,
        is_start,
        amount,
        case when table_name = 'reversals' then 1 else 0 end as undoes,
        table_name <> 'applications' and coalesce(moment_date > ended_date, false) as is_too_late,
        -- After the receipt or memo ended, nothing can be paid out of it.
        case
            when table_name <> 'applications' and moment_date > ended_date then cast(0 as decimal(18, 4))
            else held_amount
        end as held_amount,
        currency_code,
        ended_date
    from paired

)

select * from final
