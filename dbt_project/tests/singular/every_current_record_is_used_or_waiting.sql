-- Guards: what staging holds is either used in the ledger's entities or listed as waiting for its partner.
-- Why it would hurt: an inner join drops rows without a word; this says whether one was dropped that quarantine lacks.
-- A row is a table where used + waiting is not what staging holds.

{#- Domain, table, model that uses its rows, the item type they have there where the model has several. #}
{%- set uses = [
    ('ar', 'invoices', ref('int_invoices'), none),
    ('ar', 'instalments', ref('int_instalments'), none),
    ('payments', 'receipts', ref('int_credit_items'), 'receipt'),
    ('ar', 'credit_memos', ref('int_credit_items'), 'credit_memo'),
    ('payments', 'applications', ref('int_applications'), none),
    ('payments', 'refunds', ref('int_refunds'), none),
    ('payments', 'reversals', ref('int_reversals'), none),
    ('collections', 'activities', ref('int_activities'), none),
    ('collections', 'promises', ref('int_promises'), none),
    ('collections', 'assignments', ref('int_assignments'), none),
] %}

with

waiting as (

    {% for domain in ['ar', 'payments', 'collections'] %}
        select
            table_name,
            row_key
        from {{ ref('int_missing_references_' ~ domain) }}
        {{ 'union distinct' if not loop.last }}
    {% endfor %}

),

counted as (

    {% for domain, table, model, item_type in uses %}
        select
            '{{ table }}' as table_name,
            (select count(*) from {{ ref('stg_' ~ domain ~ '__' ~ table) }}) as in_staging,
            (
                select count(*) from {{ model }}
                {{ "where item_type = '" ~ item_type ~ "'" if item_type }}
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
