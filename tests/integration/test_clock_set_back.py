"""A clock that has gone back: what lands later counts later, and no publication takes another's files.

Not here: a day before the published one (test_publication.py), what the doctor says (test_doctor.py).
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from duebook.doctor.findings import State
from duebook.doctor.publication import publications
from duebook.landing import loading
from duebook.landing.loading import load_landing
from duebook.publication import publish, site_swap
from duebook.settings import Settings
from tests.support.doctor import write_page
from tests.support.landing.files import CUSTOMER, invoices, raw, settings_for, write_csv
from tests.support.publications.parcels import publish_after, published_parcels

NOON = datetime(2025, 3, 1, 12)


def set_clock(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    """Have the loader and the publisher read another time."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:
            return now.replace(tzinfo=UTC)

    monkeypatch.setattr(loading, "datetime", Clock)
    for module in (publish, site_swap):
        monkeypatch.setattr(module, "utc_now", lambda: now)


def load(folder: Path) -> list[str]:
    """Load, and return the warnings."""
    lines: list[str] = []
    load_landing(settings_for(folder), lines.append)
    return [line for line in lines if line.startswith("warning: ")]


def test_what_lands_after_the_clock_was_set_back_counts_as_landed_later(tmp_path: Path, monkeypatch) -> None:
    invoice = tmp_path / "landing" / "ar" / "invoices"
    set_clock(monkeypatch, NOON)
    write_csv(invoice / "a.csv", invoices(2))
    assert load(tmp_path) == []
    set_clock(monkeypatch, NOON - timedelta(days=3))
    write_csv(invoice / "b.csv", [{"invoice_id": "I1", "is_deleted": "true"}])
    [warning] = load(tmp_path)
    assert warning == (
        "warning: the clock of this machine says 2025-02-26 12:00 UTC, before the last load (2025-03-01 12:00 UTC): "
        "this one counts as loaded then. Set the clock right"
    )
    set_clock(monkeypatch, NOON + timedelta(hours=1))
    write_csv(tmp_path / "landing" / "ar" / "customers" / "a.csv", [CUSTOMER])
    assert load(tmp_path) == []
    loaded = raw(tmp_path, "select source_file, loaded_at from loaded_files order by file_number")
    assert loaded == [
        ("ar/invoices/a.csv", NOON),
        ("ar/invoices/b.csv", NOON),
        ("ar/customers/a.csv", NOON + timedelta(hours=1)),
    ]
    assert raw(tmp_path, "select invoice_id from invoices where is_deleted and loaded_at = '2025-03-01 12:00'") == [
        ("I1",)
    ]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return published_parcels(tmp_path)


def test_publications_before_and_after_a_clock_that_goes_back_are_whole(settings: Settings, monkeypatch) -> None:
    """Folders are named by the time they were made, and replaced ones go by it."""
    for hours, weight in ((0, 1), (-2, 2), (-1, 3), (0.5, 4), (3, 5)):
        set_clock(monkeypatch, NOON + timedelta(hours=hours))
        publish_after(settings, f"update marts.fct_parcels set weight = {weight}", write_site=write_page)
        current = next(publications(settings))
        assert (current.state, current.findings) == (State.SOUND, ())
