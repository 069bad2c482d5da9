"""Fivetran's seeds of a source, under the names of its tables: what they prove is names and types, no figures."""

import shutil
from collections.abc import Mapping
from pathlib import Path

NETSUITE = {
    "netsuite2_account_data": "account",
    "netsuite2_currency_data": "currency",
    "netsuite2_customer_data": "customer",
    "netsuite2_subsidiary_data": "subsidiary",
    "netsuite2_tran_acct_line_data": "transactionaccountingline",
    "netsuite2_transaction_data": "transaction",
    "netsuite2_transaction_line_data": "transactionline",
}
STRIPE = {
    f"{name}_data": name
    for name in ("balance_transaction", "charge", "credit_note", "customer", "dispute", "invoice", "refund")
}


def named(seeds: Path, names: Mapping[str, str], folder: Path) -> Path:
    """Copy seeds into a folder that isn't there yet, each under its table's name; returns the folder."""
    folder.mkdir(parents=True)
    for called, table in names.items():
        shutil.copyfile(seeds / f"{called}.csv", folder / f"{table}.csv")
    return folder
