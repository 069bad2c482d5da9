"""KPIs of one value of a declared dimension, a level such as `salesperson:Anna`: figure, parts and open items.

Here: reading the marts by dimension, and which documents have the value. Not here: what a part is (the marts that
dim_kpis names), one customer (one_customer.py).
"""

from datetime import date

from duebook.dimensions import RESERVED
from duebook.publication.reader import Published

MART, MEASURES = "kpis_by_dimension_monthly", "measures_by_dimension_monthly"
# Of rows called `items`, those of documents that have $value of $dimension.
OF_VALUE = """coalesce((
    select value from {marts}.document_dimensions as valued
    where valued.item_type = replace(items.item_type, 'overpayment', 'invoice')
        and valued.item_id = items.item_id and valued.dimension = $dimension
), '(none)') = $value"""


def value_of(level: str, scope: str) -> tuple[str | None, str | None]:
    """Return dimension and value of a level; None and None where it is one that every publication has."""
    return (None, None) if level in RESERVED else (level, scope.removeprefix(f"{level}:"))


def dimensions_of(published: Published) -> list[str]:
    """List the declared dimensions; none where there are none, or where an earlier Duebook published."""
    if not published.has(MART):
        return []
    return [name for (name,) in published.rows("select dimension from {marts}.dim_declared_dimensions order by all")]


def kpis_of(published: Published) -> list[str]:
    """List the KPIs that values have and that documents add up to."""
    found = published.rows(
        "select kpi_id from {marts}.dim_kpis"
        " where open_items_mart is not null and parts_denominator is not null order by kpi_id"
    )
    return [kpi_id for (kpi_id,) in found]


def figure_of(published: Published, kpi_id: str, month_end: date, dimension: str, value: str) -> tuple:
    """Read a value's figure: value, reason, is_complete, numerator, denominator, and its measures by column."""
    at = [month_end, dimension, value]
    [row] = published.rows(
        "select value, reason, is_complete, numerator, denominator from {marts}.{mart}"
        " where month_end = ? and dimension = ? and dimension_value = ? and kpi_id = ?",
        [*at, kpi_id],
        mart=MART,
    )
    [columns] = published.records(
        "select * from {marts}.{mart} where month_end = ? and dimension = ? and value = ?", at, mart=MEASURES
    )
    # As marts of levels call balances that formulas hold against opening ones.
    return (*row, columns | {f"closing_{name}": columns[name] for name in ("receivables", "current_receivables")})


def values_of(published: Published, dimension: str) -> list[str]:
    """List a dimension's values, `(none)` last."""
    found = published.rows(
        "select distinct value from {marts}.document_dimensions where dimension = ? order by all", [dimension]
    )
    return [*(value for (value,) in found), "(none)"]


def months_of(published: Published, kpi_id: str, dimension: str, value: str) -> list[tuple[date, bool]]:
    """List the months that a value has the KPI in, oldest first, and whether each is over.

    They begin with its first document. Asked of the mart, figures of all months would be computed.
    """
    return published.rows(
        "select whole.month_end, whole.is_complete from {marts}.scorecard_monthly as whole"
        " inner join {marts}.dim_months using (month_end)"
        " where whole.kpi_id = $kpi_id and whole.scope = 'portfolio' and balance_date >="
        f" (select min(items.effective_date) from {{marts}}.fct_receivables_ledger as items where {OF_VALUE})"
        " order by whole.month_end",
        {"kpi_id": kpi_id, "dimension": dimension, "value": value},
    )
