{{ config(materialized='replaced_view') }}

with

applications as (

    select * from {{ ref('int_applications') }}
    where
        effective_date <= {{ as_of_date() }}
        and (undone_date is null or undone_date > {{ as_of_date() }})

),

reopened as (

    select
        application_id,
        sum(source_amount) as source_amount,
        sum(amount + discount_amount) as settled_amount
    from {{ ref('int_reopenings') }}
    where effective_date <= {{ as_of_date() }}
    group by application_id

),

-- Less the parts of an application that partial reversals have undone.
final as (

    select
        applications.application_id,
        applications.source_type,
        applications.source_id,
        applications.invoice_id,
        applications.rule,
        applications.effective_date,
        cast(applications.source_amount - coalesce(reopened.source_amount, 0) as decimal(18, 4)) as standing_amount,
        cast(
            applications.amount + applications.discount_amount - coalesce(reopened.settled_amount, 0) as decimal(18, 4)
        ) as settled_amount,
        case
            when reopened.application_id is null then cast(1 as decimal(20, 18))
            else
                cast(
                    cast(applications.source_amount - reopened.source_amount as double)
                    / cast(nullif(applications.source_amount, 0) as double) as decimal(20, 18)
                )
        end as standing_share
    from applications
    left join reopened on applications.application_id = reopened.application_id

)

select * from final
