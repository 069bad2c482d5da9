"""A publication that is published again without somebody: all that isn't about the person stays as it was.

Not here: which rows are cleared, in a whole home (test_erase.py, test_large_marts.py).
"""

import json
import os
import shutil
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from duebook.cleared import Kept
from duebook.contract import read_contract
from duebook.persons import Person, ask_for
from duebook.publication.erased import DamagedPublicationError, clear_publication, refuse_damaged_publications
from duebook.publication.personal import wrong_group
from duebook.publication.publish import publish
from duebook.publication.record import RECORD_NAME, Publication, read_publication
from duebook.publication.reports import LIST, REPORTS, report_name, report_of
from duebook.publication.targets import targets_of
from duebook.settings import PERSONAL_FILE, Settings
from tests.support.publications.to_files import DAY, new_home, read, refresh_of

CUSTOMERS = "select customer_id, customer_name from marts.dim_customers order by all"
NAMELESS = 54_321
Links = list[str | None]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A publication with two customers, a dashboard and its report."""
    made = new_home(tmp_path)
    [target] = targets_of(made, [DAY])
    rows = "from (values ('C1', 'Anna'), ('C2', 'Otto')) t (customer_id, customer_name)"
    places = {target.marts_file: "marts.dim_customers", target.warehouse_file: "personal.customer_contacts"}
    for file, table in places.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        with duckdb.connect(file) as con:
            con.execute(f"create schema {table.split('.')[0]}; create table {table} as select * {rows}")
    publish(made, target, refresh_of(DAY, "r1"), lambda database, record, folder: page(folder))
    folder = made.dashboard_dir / REPORTS
    folder.mkdir()
    for name in (report_name(read_publication(made.published_dir)), LIST):
        (folder / name).write_text("a report")
    return made


def page(folder: Path) -> None:
    folder.mkdir()
    (folder / "index.html").write_text("a page")


def clear(settings: Settings, links: Links, *keys: str) -> None:
    """Publish again without customers; `links` gets the report that the dashboard is told."""

    def write_site(database: Path, record: Publication, folder: Path, *, report: str | None) -> None:
        page(folder)
        links.append(report)

    contract = read_contract()
    with duckdb.connect() as con:
        ask_for(con, [Person("customer", key) for key in keys], {}, contract)
        cells = "select null, null, null, null where false"
        clear_publication(con, settings.published_dir, settings, contract, Kept(frozenset(), {}), cells, write_site)


def test_the_dashboard_leads_to_the_report_of_its_refresh_also_after_the_second_time(settings: Settings) -> None:
    record, links = read_publication(settings.published_dir), []
    clear(settings, links, "C1")
    clear(settings, links, "C2")
    assert links == [report_name(record)] * 2
    assert (settings.dashboard_dir / REPORTS / report_name(record)).exists()
    assert read(settings.published_file, CUSTOMERS) == [("C1", "***"), ("C2", "***")]


def test_a_report_is_that_of_no_later_publication_and_no_other_day(settings: Settings) -> None:
    record = read_publication(settings.published_dir)
    name = report_name(record)
    later = record.__class__(**{**vars(record), "published_at": record.published_at + timedelta(days=1)})
    earlier = record.__class__(**{**vars(record), "published_at": record.published_at - timedelta(seconds=1)})
    another = record.__class__(**{**vars(record), "as_of": record.as_of - timedelta(days=1)})
    site = settings.dashboard_dir
    assert [report_of(one, site) for one in (record, later, earlier, another)] == [name, name, None, None]


def test_the_record_names_the_refresh_and_the_duebook_that_made_the_marts(settings: Settings) -> None:
    place = settings.published_dir / RECORD_NAME
    place.write_text(json.dumps(json.loads(place.read_text()) | {"duebook_version": "0.0.9"}))
    clear(settings, [], "C1")
    record = read_publication(settings.published_dir)
    assert (record.refresh_id, record.duebook_version) == ("r1", "0.0.9")


def test_a_group_without_a_name_on_this_machine_still_reads_the_personal_data(settings: Settings, monkeypatch) -> None:
    file = settings.published_dir / PERSONAL_FILE
    # What may be given away is the system's to say: as root any group, else one of the account's own.
    gid = NAMELESS if os.geteuid() == 0 else max([*os.getgroups(), os.getegid()])
    for path, mode in ((file.parent, 0o750), (file, 0o640)):
        os.chown(path, -1, gid)
        path.chmod(mode)
    clear(settings, [], "C1")
    assert [(path.stat().st_gid, path.stat().st_mode & 0o777) for path in (file.parent, file)] == [
        (gid, 0o750),
        (gid, 0o640),
    ]
    assert read(file, "select customer_name from personal.customer_contacts order by all") == [("***",), ("Otto",)]


def test_a_group_may_be_said_by_its_number(monkeypatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(os, "getegid", lambda: NAMELESS)
    monkeypatch.setattr(os, "getgroups", lambda: [])
    assert wrong_group(str(NAMELESS)) is None
    assert "the account that refreshes is not in it" in wrong_group(str(NAMELESS + 1))
    assert "there is no such group" in wrong_group("²")


@pytest.mark.parametrize("name", ["the marts", PERSONAL_FILE])
def test_a_damaged_publication_is_named_with_what_to_do(settings: Settings, name: str) -> None:
    refuse_damaged_publications(settings)
    file = settings.published_file if name == "the marts" else settings.published_dir / name
    os.truncate(file, file.stat().st_size // 2)
    with pytest.raises(DamagedPublicationError, match=f"{file} is damaged, and can't be cleared: .*`make publish`"):
        refuse_damaged_publications(settings)


def test_a_damaged_publication_of_a_past_day_may_be_deleted_or_built_again(settings: Settings) -> None:
    past = settings.published_dir / "as_of" / str(DAY)
    shutil.copytree(settings.published_dir, past)
    os.truncate(past / settings.published_file.name, 5_000)
    with pytest.raises(DamagedPublicationError, match=f"delete {past}, or build .* `make refresh AS_OF={DAY}`"):
        refuse_damaged_publications(settings)
