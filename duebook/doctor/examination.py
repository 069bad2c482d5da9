"""All parts of a home, one after the other.

Here: their order, and what is said where there is no home. Not here: how a part is looked at (the modules beside).
"""

from collections.abc import Iterator

from duebook.doctor.audit_log import audit_log
from duebook.doctor.databases import landed_rows, sources, warehouse
from duebook.doctor.encryption import encryption
from duebook.doctor.findings import Part
from duebook.doctor.folder import last_refresh, leftovers, lock, rights, room
from duebook.doctor.identities import ledger
from duebook.doctor.landed import landed_files
from duebook.doctor.publication import publications
from duebook.publication.targets import Target
from duebook.settings import Settings


class NoHomeError(RuntimeError):
    """Nothing was ever refreshed there; the message says what to run."""


def examine(settings: Settings) -> Iterator[Part]:
    """Look at each part of a home, the quick ones first. Nothing is written, and no refresh is kept waiting.

    Args:
        settings: whose home, and the landing it is loaded from.

    Raises:
        NoHomeError: there is nothing to look at.
    """
    if not settings.landed_file.exists() and not settings.published_dir.exists():
        raise NoHomeError(f"Nothing was refreshed in {settings.home} yet: run `make refresh` first.")
    return _parts(settings)


def _parts(settings: Settings) -> Iterator[Part]:
    current = Target(
        settings.as_of, settings.warehouse_file, settings.published_dir, settings.published_file, is_past=False
    )
    yield lock(settings)
    yield last_refresh(settings)
    yield room(settings)
    yield rights(settings)
    yield encryption(settings)
    yield leftovers(settings)
    yield audit_log(settings)
    yield landed_files(settings)
    yield landed_rows(settings)
    yield sources(settings)
    yield warehouse(settings, current)
    yield from publications(settings)
    yield ledger(settings.published_file)
