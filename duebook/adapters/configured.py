"""The sources of a home: `<home>/sources.yml`, a list of what `duebook land` would be told.

A refresh lands each of them before it loads, in this order: sources that describe customers, lists of documents, and
payments that are applied by rules; those of a kind as they are listed. Paths are seen from the home.
"""

from collections.abc import Sequence
from pathlib import Path

import yaml
from pydantic import TypeAdapter, ValidationError

from duebook.adapters.cash.open_invoices import TABLES as OPEN_ITEMS
from duebook.adapters.engine.definition import AdapterError, Strict, read_adapter
from duebook.adapters.engine.described import DESCRIBED, describes
from duebook.adapters.flat.making import FLAT, PAYMENTS
from duebook.adapters.flat.mapping import FLAT_DIR, presets, read_mapping
from duebook.adapters.request import Request
from duebook.contract import Contract
from duebook.settings import Settings


class Configured(Strict):
    """One source of a home; the entries are those of `Request`."""

    adapter: str
    source: str
    mapping: str | None = None
    options: str | None = None

    def request(self, home: Path) -> Request:
        """What is to be landed; relative paths are seen from the home, addresses and names are left as they are."""
        is_address = "://" in self.source or self.source.startswith("sqlite:")
        mapping = self.mapping
        if mapping is not None and mapping not in presets():
            mapping = str(home / mapping)
        return Request(
            self.adapter,
            self.source if is_address else str(home / self.source),
            mapping,
            home / self.options if self.options else None,
        )


def configured_sources(settings: Settings) -> list[Request]:
    """Read the sources of a home, in the order in which they are landed; none where it has no such file.

    Raises:
        AdapterError: the file can't be read, an entry makes no sense, or two have one name; a line for each problem.
    """
    file = settings.sources_file
    if not file.exists():
        return []
    try:
        listed = TypeAdapter(list[Configured]).validate_python(yaml.safe_load(file.read_text(encoding="utf-8")) or [])
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise AdapterError(f"{file} can't be read: {error}") from None
    except ValidationError as error:
        lines = (f"{file}: {'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise AdapterError("\n".join(lines)) from None
    requests = [one.request(settings.home) for one in listed]
    names = [name_of(one) for one in requests]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise AdapterError(
            f"{file}: several sources are called {', '.join(twice)}, and each needs a state of its own: give lists a "
            "`name` in their mappings; land companies of one adapter as one source (`companies` in its options)."
        )
    return sorted(requests, key=lambda one: (applies_payments(one), not describes(grain_of(one))))


def grain_of(request: Request) -> str | None:
    """What a row of a list is; None of a source system."""
    return read_mapping(request.mapping or "").grain if request.adapter == FLAT else None


def applies_payments(request: Request) -> bool:
    """Whether a source's payments are applied by rules to what has landed before."""
    if request.adapter != FLAT:
        return False
    return (FLAT_DIR / read_mapping(request.mapping or "").grain / "views" / f"{PAYMENTS}.sql").exists()


def landed_before(request: Request, requests: Sequence[Request], contract: Contract) -> list[Request]:
    """The sources that have to be landed before one of them: those of what its payments may be applied to, and those
    whose companies and customers count before its own.
    """
    waits_for = {
        *(OPEN_ITEMS if applies_payments(request) else ()),
        *(set(DESCRIBED) & set(tables_fed(request, contract))),
    }
    earlier = requests[: requests.index(request)]
    return [one for one in earlier if waits_for & set(tables_fed(one, contract))]


def name_of(request: Request) -> str:
    """What a source is called, as its files are: the adapter's name; of a list, its mapping's too."""
    return (
        f"{FLAT}-{read_mapping(request.mapping or '').name}" if request.adapter == FLAT else Path(request.adapter).name
    )


def tables_fed(request: Request, contract: Contract) -> list[str]:
    """The contract's tables that a source may feed.

    Raises:
        AdapterError: there is no such adapter or mapping.
    """
    if request.adapter == FLAT:
        folder = FLAT_DIR / read_mapping(request.mapping or "").grain
        files = {file.stem for file in folder.glob("*.sql")}
    else:
        files = set(read_adapter(request.adapter, contract).table_files)
    return [table.name for table in contract.tables if table.name in files]
