with

invoices as (

    select * from {{ ref('int_invoices') }}

),

credit_items as (

    select * from {{ ref('int_credit_items') }}

),

-- No event is before the date of its document.
documents as (

    select invoice_date as document_date from invoices
    union all
    select item_date as document_date from credit_items

),

digits as (

    select 0 as digit
    union all
    select 1
    union all
    select 2
    union all
    select 3
    union all
    select 4
    union all
    select 5
    union all
    select 6
    union all
    select 7
    union all
    select 8
    union all
    select 9

),

history as (

    select
        coalesce(min(document_date), {{ as_of_date() }}) as first_day,
        {{ as_of_date() }} as as_of_day
    from documents
    where document_date <= {{ as_of_date() }}

),

-- Whole calendar years, from the year of the landing's first document to that of the as-of day; at most about 270
-- years.
bounded as (

    select
        first_day,
        as_of_day,
        cast({{ dbt.date_trunc('year', 'first_day') }} as date) as first_date,
        cast({{ dbt.dateadd('month', 12, dbt.date_trunc('year', 'as_of_day')) }} as date) as end_date
    from history

),

numbered as (

    select
        ones.digit
        + 10 * tens.digit
        + 100 * hundreds.digit
        + 1000 * thousands.digit
        + 10000 * ten_thousands.digit as n
    from digits as ones
    cross join digits as tens
    cross join digits as hundreds
    cross join digits as thousands
    cross join digits as ten_thousands

),

listed as (

    select
        cast({{ dbt.dateadd('day', 'numbered.n', 'bounded.first_date') }} as date) as date_day,
        bounded.first_day,
        bounded.as_of_day
    from bounded
    inner join numbered on {{ dbt.datediff('bounded.first_date', 'bounded.end_date', 'day') }} > numbered.n

),

final as (

    select
        date_day,
        cast({{ dbt.date_trunc('month', 'date_day') }} as date) as month_start,
        cast({{ dbt.last_day('date_day', 'month') }} as date) as month_end,
        date_day between first_day and as_of_day as is_in_history,
        as_of_day
    from listed

)

select * from final
