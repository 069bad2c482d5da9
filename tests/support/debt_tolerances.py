"""Tolerances declared in warehouses that are built in memory, and read from one for the oracle.

Here: the rows of the seed, which the checkout ships without any. Not here: what is a debt (oracle/balances.py).
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import duckdb

from tests.support.compiled_models import REPORTING_CURRENCY, CompiledModels
from tests.support.oracle.balances import Tolerances

# Amounts that random ledgers have, so that many rests are within and some just outside; the third currency has none.
OF_RANDOM_LEDGERS = {REPORTING_CURRENCY: Decimal(30), "USD": Decimal(100)}


def with_tolerances(models: CompiledModels, tolerances: Mapping[str, Decimal]) -> CompiledModels:
    """The same models, built where a home declares tolerances."""
    rows = ", ".join(f"('{currency}', {amount})" for currency, amount in tolerances.items())
    return replace(models, statements=(f"insert into reference.debt_tolerances values {rows}", *models.statements))


def declared(connection: duckdb.DuckDBPyConnection) -> Tolerances:
    """The tolerances a warehouse was built with."""
    return dict(connection.execute("select currency_code, tolerance from reference.debt_tolerances").fetchall())
