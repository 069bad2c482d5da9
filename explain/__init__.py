"""A published KPI that explains itself: its formula with the numbers put in, who makes it up, why it moved.

Here: reading a publication and telling of it, in a terminal or as JSON. Not here: what a contribution or a cause is
(the dbt project makes them: docs/decisions/0060-customers-contributions.md), and nothing that writes.
"""
