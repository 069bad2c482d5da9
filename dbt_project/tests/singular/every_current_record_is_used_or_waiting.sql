-- Guards: every record of staging is either used in the ledger's entities or listed as waiting for the record it
-- references.
-- Why it matters: an inner join drops rows silently; this test finds dropped rows that quarantine does not have.
-- A row is a table in which used and waiting records are not all records of staging.

{#- Domain, table, the model that uses its rows, and a condition for these rows if the model has others, too. #}
{%- set uses = [
    ('ar', 'invoices', ref('int_invoices'), none),
    ('ar', 'instalments', ref('int_instalments'), none),
    ('payments', 'receipts', ref('int_credit_items'), "item_type = 'receipt'"),
    ('ar', 'credit_memos', ref('int_credit_items'), "item_type = 'credit_memo'"),
    ('payments', 'applications', ref('int_applications'), none),
    ('payments', 'refunds', ref('int_refunds_and_reversals'), "table_name = 'refunds'"),
    ('payments', 'reversals', ref('int_refunds_and_reversals'), "table_name = 'reversals'"),
    ('collections', 'activities', ref('int_activities'), none),
    ('collections', 'promises', ref('int_promises'), none),
    ('collections', 'assignments', ref('int_assignments'), none),
] %}

with

waiting as (

    select
        table_name,
        row_key
    from {{ ref('int_missing_references') }}
    group by
        table_name,
        row_key

),

counted as (

    {% for domain, table, model, condition in uses %}
        select
            '{{ table }}' as table_name,
            (select count(*) from {{ ref('stg_' ~ domain ~ '__' ~ table) }}) as in_staging,
            (
                select count(*) from {{ model }}
                {{ "where " ~ condition if condition }}
            ) as in_use
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

waiting_counted as (

    select
        table_name,
        count(*) as in_waiting
    from waiting
    group by table_name

)

select
    counted.table_name,
    counted.in_staging,
    counted.in_use,
    coalesce(waiting_counted.in_waiting, 0) as in_waiting
from counted
left join waiting_counted on counted.table_name = waiting_counted.table_name
where counted.in_staging <> counted.in_use + coalesce(waiting_counted.in_waiting, 0)
