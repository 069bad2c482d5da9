"""Which invoices a payment pays, where the source doesn't say: declared rules, tried in their order.

Here: the rules (rules.py), what is open in a landing (open_invoices.py), decisions that were made and what a person
overrides (deciding.py). Not here: how payments are read (duebook/adapters/flat).
"""
