"""The engine: an adapter's definition and SELECTs, a source's tables, the rows made of them, and which of them are new.

Here: what all adapters share. Not here: lists (duebook/adapters/flat), payments without references
(duebook/adapters/cash), the steps of a landing (duebook/adapters/landing.py).
"""
