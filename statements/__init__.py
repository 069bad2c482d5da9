"""Statements of account: what moved a customer's balance in a period, and what of it is open at the end.

Here: reading a publication, the page that prints, its text in a terminal, files of many customers. Not here: what a
balance is (the ledger mart: docs/decisions/0122-statements-from-the-ledger.md). Nothing here writes into a home.
"""
