"""Reports of refreshes stay when the next one comes, up to a limit, and nothing else goes with them."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from duebook.publication import reports
from duebook.publication.record import Publication
from duebook.publication.reports import (
    KEPT,
    LIST,
    REPORTS,
    newest_first,
    published_at_and_day,
    report_name,
    reports_in,
)
from duebook.publication.site_swap import INDEX, swap_site_in

DAY = date(2026, 6, 30)
FIRST = datetime(2026, 7, 1, 6, 5, 4, 321)


def publication(number: int = 0) -> Publication:
    """One of many, a day apart."""
    made_at = FIRST + timedelta(days=number)
    return Publication(DAY, None, "EUR", f"r{number}", made_at, "1", "duebook.duckdb", "parquet-1", {})


def swap_in(tmp_path: Path, number: int) -> Path:
    draft, site = tmp_path / "draft", tmp_path / "site"
    (draft / REPORTS).mkdir(parents=True)
    (draft / REPORTS / report_name(publication(number))).write_text(f"report {number}")
    (draft / REPORTS / LIST).write_text(f"list {number}")
    (draft / INDEX).write_text(f"page {number}")
    swap_site_in(draft, site)
    draft.rmdir()
    return site


def test_a_report_is_named_for_its_publication_and_tells_it() -> None:
    name = report_name(publication())
    assert name == "20260701T060504000321_as_of_2026-06-30.html"
    assert published_at_and_day(name) == (FIRST, DAY)


def test_a_report_stays_when_the_next_one_comes(tmp_path: Path) -> None:
    swap_in(tmp_path, 0)
    site = swap_in(tmp_path, 1)
    names = [report_name(publication(number)) for number in (1, 0)]
    assert reports_in(site) == names
    assert [(site / REPORTS / name).read_text() for name in names] == ["report 1", "report 0"]
    assert ((site / REPORTS / LIST).read_text(), (site / INDEX).read_text()) == ("list 1", "page 1")


@pytest.mark.parametrize(("there", "left"), [(KEPT - 1, KEPT), (KEPT, KEPT), (KEPT + 3, KEPT)])
def test_above_the_limit_the_oldest_go(tmp_path: Path, there: int, left: int) -> None:
    folder = tmp_path / "site" / REPORTS
    folder.mkdir(parents=True)
    for number in range(there):
        (folder / report_name(publication(number))).touch()
    (folder / "notes.html").touch()
    site = swap_in(tmp_path, there)
    found = reports_in(site)
    assert len(found) == left
    assert (found[0], found[-1]) == tuple(report_name(publication(number)) for number in (there, there + 1 - left))
    assert (folder / "notes.html").exists()


def test_a_site_without_a_new_report_keeps_those_that_are_there(tmp_path: Path) -> None:
    swap_in(tmp_path, 0)
    draft = tmp_path / "draft"
    draft.mkdir()
    (draft / INDEX).write_text("page again")
    swap_site_in(draft, tmp_path / "site")
    assert reports_in(tmp_path / "site") == [report_name(publication(0))]


def test_what_is_no_report_is_none() -> None:
    name = report_name(publication())
    assert newest_first(["index.html", "x.html", f"{name}.part", f"a{name}", name]) == [name]


def test_the_list_is_replaced_when_all_it_names_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    monkeypatch.setattr(reports, "sync", lambda path: written.append(path.name))
    swap_in(tmp_path, 0)
    assert written[:2] == [report_name(publication(0)), LIST]
