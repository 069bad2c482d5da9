"""The causes of a KPI's change since the month before, in words.

Here: their names, in the order in which readers list them. Not here: their effects, which are columns of these names in
the mart kpi_changes_monthly (docs/decisions/0061-why-a-kpi-moved.md).
"""

CAUSES = {
    "new_sales": "new sales",
    "taken_over": "balances taken over",
    "collections": "collections",
    "lateness": "lateness",
    "write_offs_and_credits": "write-offs and credits",
    "currency": "currency",
    "calendar": "days in the period",
    "mix": "mix between segments",
    "staffing": "staffing",
}
