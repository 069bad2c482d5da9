"""From landed rows to facts: the latest version of every record, and the rows that must wait for their partner.

Here: versions, tombstones, what was known on a day, missing references. Not here: what the facts mean (ledger.py).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from duebook.contract import Table
from tests.support.contract import raw_contract, waits_for
from tests.support.oracle.uses import what_fits

Row = Mapping[str, Any]
Landing = Mapping[str, Sequence[Row]]
Facts = dict[str, list[dict[str, Any]]]

DERIVED_WHEN_EMPTY = ("companies", "customers")
# Who paid what nobody has been found for yet, and the segment that is in.
UNIDENTIFIED = "unidentified"
BEGINNING = datetime.min


def recorded(row: Row) -> datetime:
    """When the row was learnt: by the source if it says so, else by the load."""
    return row.get("recorded_at") or row["loaded_at"]


def version_order(row: Row) -> tuple[bool, datetime, int, int]:
    """Sorts versions of one record oldest first: no change time first, then change time, then order of landing."""
    changed = row.get("updated_at") or (recorded(row) if row.get("is_deleted") else None)
    return changed is not None, changed or BEGINNING, row["source_file_number"], row["source_row"]


def latest_versions(table: Table, rows: Sequence[Row], known_as_of: date | None) -> list[dict[str, Any]]:
    """The winning version of every record that is not gone, defaults filled in; under `versions` all that it had."""
    versions = defaultdict(list)
    for row in rows:
        if known_as_of is None or recorded(row).date() <= known_as_of:
            versions[tuple(row[column] for column in table.key)].append(row)
    winners = (max(rows_of_key, key=version_order) for rows_of_key in versions.values())
    return [
        _filled(table, row) | {"versions": [each for each in its_versions if not each.get("is_deleted")]}
        for row, its_versions in zip(winners, versions.values(), strict=True)
        if not row.get("is_deleted")
    ]


def _filled(table: Table, row: Row) -> dict[str, Any]:
    return {
        column.name: column.default if row.get(column.name) is None else row[column.name] for column in table.columns
    }


def facts_of(landing: Landing, known_as_of: date | None = None) -> Facts:
    """Every table's usable records: latest versions whose partners (and theirs) are there, and can bear them."""
    contract = raw_contract()
    facts = {name: latest_versions(table, landing.get(name, ()), known_as_of) for name, table in contract.items()}
    derived = {name for name in DERIVED_WHEN_EMPTY if not landing.get(name)}
    if facts["customers"] and any(row["customer_id"] == UNIDENTIFIED for row in facts["receipts"]):
        nothing = {column.name: None for column in contract["customers"].columns}
        facts["customers"].append(nothing | {"customer_id": UNIDENTIFIED, "is_consumer": False, "versions": []})
    while True:
        present = {name: {row[contract[name].key[0]] for row in rows} for name, rows in facts.items()}
        kept = {
            name: [row for row in rows if _has_partners(name, row, present, derived)] for name, rows in facts.items()
        }
        if kept == facts:
            told = {"customers": _persons_told(facts["customers"], landing, known_as_of)}
            return what_fits(facts | told)
        facts = kept


def _persons_told(customers: list[dict[str, Any]], landing: Landing, known_as_of: date | None) -> list[dict[str, Any]]:
    """The customers, each a person or not: one that doesn't say is, where any row ever landed says it of any."""
    known = [row for row in landing.get("customers", ()) if known_as_of is None or recorded(row).date() <= known_as_of]
    is_told = any(row.get("is_consumer") is not None for row in known)
    return [row | {"is_consumer": is_told if row["is_consumer"] is None else row["is_consumer"]} for row in customers]


def landed_tables(landing: Landing, known_as_of: date | None = None) -> frozenset[str]:
    """Tables of which any record stands, whether its partners are there or not."""
    contract = raw_contract()
    return frozenset(
        name for name, table in contract.items() if latest_versions(table, landing.get(name, ()), known_as_of)
    )


def _has_partners(name: str, row: Row, present: dict[str, set[Any]], derived: set[str]) -> bool:
    return all(
        partner in derived or row[column] is None or row[column] in present[partner]
        for column, partner in waits_for(name).items()
    )


def known_customers(facts: Facts) -> list[dict[str, Any]]:
    """The customers; where none were landed, those the documents name, of whom nothing else is known."""
    if facts["customers"]:
        return facts["customers"]
    named = {row["customer_id"] for table in ("invoices", "receipts", "credit_memos") for row in facts[table]}
    nothing = {column.name: None for column in raw_contract()["customers"].columns}
    return [nothing | {"customer_id": customer_id} for customer_id in sorted(named)]
