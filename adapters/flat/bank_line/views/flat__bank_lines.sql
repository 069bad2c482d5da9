-- A row a line, and what names it: its own id, else its content, so that a line that comes again in another statement,
-- in another order or in a file of another name is the same payment. Equal lines of one file are numbered.
with contents as (
    select
        *,
        md5(
            lower(
                regexp_replace(
                    concat_ws(
                        '|', company_id, coalesce(account, ''), coalesce(customer_id, ''), coalesce(payer, ''),
                        cast(receipt_date as varchar), currency_code, cast(amount as varchar), coalesce(reference, '')
                    ),
                    '\s+', ' ', 'g'
                )
            )
        ) as content
    from {{ source('flat', 'rows') }}
),

numbered as (
    select
        *,
        row_number() over (partition by _file, receipt_id, content order by _row) as equal_number
    from contents
),

named as (
    select
        * exclude (receipt_id),
        receipt_id is null as is_named_by_content,
        coalesce(
            receipt_id,
            cast(receipt_date as varchar) || '-' || left(content, 12) || '-' || cast(equal_number as varchar)
        ) as receipt_id
    from numbered
)

select
    *,
    row_number() over (partition by receipt_id, content, equal_number order by _file) as copy_number
from named
