"""What is open on the as-of day by declared dimension: whatever a home declares has a chart, without a line of code.

Here: figures of `open_items` by the values of `document_dimensions`. Not here: KPIs by dimension, which are asked for
(make explain, make metrics).
"""

from typing import Any

from dashboard.axes import Axes, plain
from duebook.publication.reader import Published


def read_dimensions(published: Published, axes: Axes) -> list[dict[str, Any]]:
    """Read the declared dimensions with their values, those with most open first; amounts in the reporting currency.

    Returns:
        `id` and `label` of each, and its `values`: `name`, and `open` and `past_due` by group. None are declared, or an
        older Duebook published: an empty list.
    """
    if not published.has("dim_declared_dimensions"):
        return []
    declared = published.rows("select dimension, label from {marts}.dim_declared_dimensions order by label, dimension")
    return [{"id": name, "label": label, "values": _read_values(published, axes, name)} for name, label in declared]


def _read_values(published: Published, axes: Axes, dimension: str) -> list[dict[str, Any]]:
    rows = published.rows(
        """
        select name, company_id, segment, sum(balance_reporting), sum(past_due_balance_reporting)
        from (
            select items.*, coalesce(valued.value, '(none)') as name
            from {marts}.open_items as items
            left join {marts}.document_dimensions as valued
                on items.item_type = valued.item_type and items.item_id = valued.item_id and valued.dimension = $1
            where items.item_type = 'invoice'
        )
        group by grouping sets ((name), (name, company_id), (name, segment), (name, company_id, segment))
        order by company_id nulls first, segment nulls first, 4 desc, name
        """,
        [dimension],
    )
    values: dict[str, dict[str, Any]] = {}
    for name, company, segment, is_open, past_due in rows:
        if axes.has_group(company, segment):
            value = values.setdefault(name, {"name": name, "open": {}, "past_due": {}})
            value["open"][axes.group_of(company, segment)] = plain(is_open)
            value["past_due"][axes.group_of(company, segment)] = plain(past_due)
    return list(values.values())
