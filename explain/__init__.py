"""Explains a published KPI: its formula with the numbers put in, which customers contribute to it, why it changed.

Explains an invoice, too: its forecast, and what is known of it.

Here: reading a publication and explaining it, in a terminal or as JSON. Not here: what a contribution or a cause is
(the dbt project computes them: docs/decisions/0060-customers-contributions.md). Nothing here writes.
"""
