"""A small adapter with one table, for tests of how the engine reads a source: what it makes of one."""

from pathlib import Path

import yaml

from duebook.adapters.landing import Request, make, work_database
from duebook.contract import read_contract
from duebook.settings import Settings
from tests.support.adapters.month_ends import rows_of

DEFINITION = {
    "adapter": "books",
    "description": "Books.",
    "shapes": {
        "tables": {
            "tables": {
                "customer": {
                    "required": True,
                    "key": ["id"],
                    "latest_by": ["changed"],
                    "active": "is_current",
                    "needs": {"id": "id", "name": "text"},
                    "may_have": {
                        "limit": "money",
                        "changed": "timestamp",
                        "is_current": "boolean",
                        "place.city": "text",
                    },
                }
            }
        }
    },
}
CUSTOMERS = """
select id as customer_id, name as customer_name, "limit" as credit_limit, "place.city" as region, _company_id as city
from {{ source('books', 'customer') }}
"""


def write_adapter(folder: Path) -> Path:
    """Write the adapter; returns its folder."""
    adapter = folder / "books"
    adapter.mkdir()
    (adapter / "adapter.yml").write_text(yaml.safe_dump(DEFINITION), encoding="utf-8")
    (adapter / "customers.sql").write_text(CUSTOMERS, encoding="utf-8")
    return adapter


def customers(adapter: Path, source: Path | str, options: str = "") -> list[dict[str, object]]:
    """The customers an adapter makes of a source, by their id."""
    said = adapter.parent / "options.yml"
    said.write_text(options, encoding="utf-8")
    settings = Settings(home=adapter.parent / "home")
    with work_database(settings) as con:
        request = Request(str(adapter), str(source), options=said)
        made, _ = make(con, request, settings, read_contract(), print)
        return sorted(rows_of(made.extracted, "customers"), key=lambda row: str(row["customer_id"]))
