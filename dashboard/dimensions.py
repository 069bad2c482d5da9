"""Figures by declared dimension: whatever a home declares has a chart and a filter, without a line of code.

Here: what is open on the as-of day by the values of `document_dimensions`; KPIs and aging of the values that can be
chosen, by the axes' places. Not here: which values those are (axes.py).
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from dashboard.axes import Axes, plain
from duebook.publication.reader import Published
from duebook.sql_text import literal

# Of receipts' own values: where no receipt has one, all cash is nobody's, and everybody's rate would be nought.
OF_CASH = "collection_rate"


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


def read_kpis_of_values(published: Published, axes: Axes, kpi_ids: Sequence[str]) -> dict[str, list[tuple]]:
    """Read KPIs of the values that can be chosen.

    A month at a time: that needs the room of one month, and no more time than all at once.

    Returns:
        Rows by KPI: place, month end, value, numerator, denominator, reason. What isn't made by dimension has none.
    """
    found: dict[str, list[tuple]] = defaultdict(list)
    if not axes.dimensions:
        return found
    of_receipts = {
        dimension
        for (dimension,) in published.rows(
            "select distinct dimension from {marts}.document_dimensions where item_type = 'receipt'"
        )
    }
    for month in axes.months_of_values:
        for kpi_id, dimension, name, *figures in published.rows(
            "select kpi_id, dimension, dimension_value, month_end, value, numerator, denominator, reason"
            " from {marts}.kpis_by_dimension_monthly where month_end = ? and kpi_id in ({kpi_ids})",
            [month],
            kpi_ids=", ".join(literal(kpi_id) for kpi_id in kpi_ids),
        ):
            if axes.has_value(dimension, name) and (kpi_id != OF_CASH or dimension in of_receipts):
                found[kpi_id].append((axes.place_of(dimension, name), *figures))
    return found


def read_aging_of_values(published: Published, axes: Axes, bucket_ids: Sequence[str]) -> dict[str, list[tuple]]:
    """Read invoice balances of the values that can be chosen, in the reporting currency.

    Returns:
        Rows by aging bucket: place, month end, balance.
    """
    found: dict[str, list[tuple]] = {bucket: [] for bucket in bucket_ids}
    for month in axes.months_of_values:
        for dimension, name, *balances in published.rows(
            "select dimension, value, {balances} from {marts}.aging_by_dimension_monthly where month_end = ?"
            " group by dimension, value",
            [month],
            balances=", ".join(f"sum(aging_{bucket}_reporting)" for bucket in found),
        ):
            if axes.has_value(dimension, name):
                for bucket, balance in zip(found, balances, strict=True):
                    found[bucket].append((axes.place_of(dimension, name), month, balance))
    return found
