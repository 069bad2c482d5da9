{#
  What has landed and happened since the warehouse was last built, for models that keep what they have and replace only
  what that changed. Macros, because a model can't know by itself what it was built from:

  - `changed_since()`: the number of the last landed file and the as-of day the warehouse was last built for, as the
    refresh gives them; without them (plain `dbt build`) everything counts as changed.
  - `differs_only_where_touched()`: whether that is what the current publication shows.
  - `increments()`: whether this run adds to what is there.
  - `forget(condition)`: a pre-hook; deletes, in the transaction that adds them again, the rows the condition is true of.
    Without `changed_since` that is all of them.
  - `landed_again(relation, key)`: the condition on a raw table's key that a version of it has landed since.
  - `is_among(items, item_type, id)`: the condition on the id of an item of one type that it is one of `items`; of any
    type, `is_an_item_of(items)`.
  - `is_named_in(relation, column)`: the condition on a column that the column of that name in `relation` has the value.
  - `this_build()`: a name of what this build adds to, the same when a failed build is repeated.
  - `is_of_this_build(changed_in)`: the condition that a row was written in this build, in an earlier try of it for one.
  - `forget_but_keep(kept, items)`: a pre-hook of the ledger; deletes the items' rows as `forget` does, and keeps them as
    they were before this build. An item that had nothing in the ledger has a row without an event.
  - `move_to(kept, condition)`: a pre-hook; deletes rows as `forget` does, and keeps those that builds before this one wrote.
    `kept` has the model's columns that it names, and `kept_in` for this build.
  - `has_moved(customer_id)`: the condition on a customer that this build changes what it owes, or how that ages.
  - `last_built_day()`: the as-of day the warehouse was last built for, as a date.
  - `has_moved_or_run(customer_id, month_end)`: the condition on a customer's month that the customer has moved in it or
    before, or that days of the month have come since that day.
  - `is_of_a_pool(pools)`: the condition on a promise or a claim that its pool is one of `pools`.
  - `is_judged_anew(debts, customer_id, debt_id)`: the condition on a debt that what its contacts' verdicts depend on
    has changed.
#}
{% macro changed_since() %}
    {{- return(given('changed_since') or {'file_number': -1, 'as_of': '0001-01-01', 'is_published': false}) -}}
{% endmacro %}

{% macro differs_only_where_touched() %}
    {{- return(changed_since()['is_published']) -}}
{% endmacro %}

{% macro increments() %}
    {#- In this order: a unit test has no relation to ask whether it is there. -#}
    {{- return(given('changed_since') is not none and is_incremental()) -}}
{% endmacro %}

{% macro forget(condition) %}
    {%- if is_incremental() -%}
        delete from {{ this }}
        {%- if increments() %} where {{ condition }}{% endif %}
    {%- endif -%}
{% endmacro %}

{% macro landed_again(relation, key) -%}
    {{ key }} in (select {{ key }} from {{ relation }} where source_file_number > {{ changed_since()['file_number'] }})
{%- endmacro %}

{% macro is_among(items, item_type, id) -%}
    {{ id }} in (select item_id from {{ items }} where item_type = '{{ item_type }}')
{%- endmacro %}

{% macro is_an_item_of(items) -%}
    (item_type, item_id) in (select items.item_type, items.item_id from {{ items }} as items)
{%- endmacro %}

{% macro is_named_in(relation, column) -%}
    {{ column }} in (select named.{{ column }} from {{ relation }} as named)
{%- endmacro %}

{% macro is_of_a_pool(pools) -%}
    (pool_id, currency_code) in (select pools.pool_id, pools.currency_code from {{ pools }} as pools)
{%- endmacro %}

{% macro this_build() -%}
    {{ changed_since()['file_number'] }}, {{ changed_since()['as_of'] }}
{%- endmacro %}

{% macro is_judged_anew(debts, customer_id, debt_id) -%}
    ({{ customer_id }}, {{ debt_id }}) in (
        select debts.customer_id, debts.debt_id from {{ debts }} as debts where debts.has_changed
    )
{%- endmacro %}

{% macro is_of_this_build(changed_in) -%}
    {{ changed_in }} = '{{ this_build() }}'
{%- endmacro %}

{% macro forget_but_keep(kept, items) %}
    {%- if increments() -%}
        insert into {{ kept }}
        select
            items.item_type,
            items.item_id,
            ledger.event_type,
            ledger.company_id,
            ledger.customer_id,
            ledger.segment,
            ledger.currency_code,
            ledger.effective_date,
            ledger.due_date,
            ledger.amount,
            ledger.is_credit_sale,
            '{{ this_build() }}' as changed_in
        from {{ items }} as items
        left join {{ this }} as ledger on items.item_type = ledger.item_type and items.item_id = ledger.item_id
        where
            not exists (
                select 1 from {{ kept }} as kept
                where items.item_type = kept.item_type and items.item_id = kept.item_id
            );
    {%- endif %}
    {{ forget(is_an_item_of(items)) }}
{% endmacro %}

{% macro move_to(kept, condition) %}
    {%- if increments() -%}
        {%- set columns = adapter.get_columns_in_relation(kept) | map(attribute='name') | reject('equalto', 'kept_in') | join(', ') %}
        insert into {{ kept }} ({{ columns }}, kept_in)
        select
            {{ columns }},
            '{{ this_build() }}' as kept_in
        from {{ this }}
        where {{ condition }} and not {{ is_of_this_build('changed_in') }};
    {%- endif %}
    {{ forget(condition) }}
{% endmacro %}

{% macro has_moved(customer_id) -%}
    {{ customer_id }} in (select customer_id from {{ ref('int_moved_customers') }})
{%- endmacro %}

{% macro last_built_day() -%}
    cast('{{ changed_since()['as_of'] }}' as date)
{%- endmacro %}

{% macro has_moved_or_run(customer_id, month_end) -%}
    (
        ({{ customer_id }}, {{ month_end }}) in (
            select moved.customer_id, moved.month_end from {{ ref('int_moved_months') }} as moved
        )
        or {{ month_end }} >= {{ last_built_day() }}
    )
{%- endmacro %}
