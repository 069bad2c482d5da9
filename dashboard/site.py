"""Writing the site: pages, styles and scripts as they are, the charting library, and the data of one publication.

Here: putting the files together. Not here: reading marts (the modules beside this one), swapping the site in
(duebook/publication).

`index.html` loads its files from a folder with the time it was made in its name, so that a browser never mixes files
of two sites if one replaces the other while it loads.
"""

import json
import shutil
from pathlib import Path
from string import Template
from typing import Any

from dashboard.accounts import customers_named, read_accounts, read_customers
from dashboard.axes import read_axes
from dashboard.changes import read_changes
from dashboard.compliance import read_compliance, read_findings
from dashboard.customers import read_largest, read_tiers, read_worklist
from dashboard.dimensions import read_dimensions
from dashboard.forecast import read_forecast
from dashboard.library import LIBRARY, write_library
from dashboard.quality import read_quality
from dashboard.receivables import read_aging, read_buckets, read_roll_forward, read_roll_rates
from dashboard.refresh import read_report
from dashboard.refresh_page import list_page, report_page
from dashboard.scorecard import read_scorecard
from dashboard.team import read_team
from dashboard.units import as_json, read_units
from dashboard.weekly_cash import read_weekly_cash
from dashboard.words import REASONS
from duebook.publication.reader import reading
from duebook.publication.record import Publication
from duebook.publication.reports import KEPT, LIST, REPORTS, newest_first, report_name, reports_in
from duebook.publication.run_facts import Run
from duebook.publication.site_swap import INDEX
from duebook.publication.versions import version_name
from duebook.refresh_log import utc_now

# Rows about single customers: large, and loaded after the pages, which only some of them need (static/accounts.js).
ROWS = "rows.data.js"
STYLE = "style.css"
STATIC = Path(__file__).with_name("static")


def write_site(
    database: Path, publication: Publication, folder: Path, run: Run | None = None, report: str | None = None
) -> None:
    """Write the site of a publication into an empty folder: `index.html`, a folder of all it loads, and its report.

    A publication keeps the report that was made with it.

    Args:
        database: the publication's DuckDB file, or the one that is about to be.
        publication: its record.
        folder: created if it doesn't exist.
        run: the refresh that made it, for the report; None: none is made.
        report: where none is made, the one that it has.
    """
    version = version_name(utc_now())
    files = folder / version
    copy_static(files)
    write_library(files / LIBRARY)
    data, rows = read_data(database, publication)
    if run:
        write_report(database, publication, run, folder / REPORTS)
        report = report_name(publication)
    if report:
        data["report"] = {"page": f"{REPORTS}/{report}", "list": f"{REPORTS}/{LIST}"}
    (files / "data.js").write_text(f"window.duebook = {{ data: {_as_json(data)} }};\n", encoding="utf-8")
    (files / ROWS).write_text(f"window.duebookRows = {_as_json(rows)};\n", encoding="utf-8")
    index = Template((STATIC / INDEX).read_text(encoding="utf-8"))
    (folder / INDEX).write_text(index.substitute(files=version, as_of=publication.as_of.isoformat()), encoding="utf-8")


def write_report(database: Path, publication: Publication, run: Run, folder: Path) -> None:
    """Write the report of the refresh that made a publication, and the list of all reports that will be kept."""
    name, there = report_name(publication), reports_in(run.site)
    if name in there:
        return
    style = (STATIC / STYLE).read_text(encoding="utf-8")
    folder.mkdir()
    with reading(database) as published:
        page = report_page(read_report(published, publication, run), style)
    (folder / name).write_text(page, encoding="utf-8")
    (folder / LIST).write_text(list_page(newest_first([name, *there])[:KEPT], style), encoding="utf-8")


def _as_json(data: dict[str, Any]) -> str:
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def read_data(database: Path, publication: Publication) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read all that the pages show: figures, and rows about single customers, a file that is loaded after the pages."""
    with reading(database) as published:
        axes = read_axes(published)
        buckets = read_buckets(published)
        largest, worklist = read_largest(published), read_worklist(published)
        forecast, compliance = read_forecast(published, axes), read_compliance(published, axes)
        lists = forecast["lists"].values() if forecast else ()
        findings = read_findings(published)
        named = customers_named(worklist, largest, *lists, findings)
        data = {
            "publication": {
                "as_of": publication.as_of.isoformat(),
                "known_as_of": publication.known_as_of.isoformat() if publication.known_as_of else None,
                "currency": publication.reporting_currency,
                "published_at": publication.published_at.isoformat(),
                "refresh_id": publication.refresh_id,
                "version": publication.duebook_version,
            },
            "axes": axes.as_json(),
            "units": as_json(read_units(published, publication.reporting_currency)),
            "reasons": REASONS,
            "kpis": read_scorecard(published, axes),
            "changes": read_changes(published, axes),
            "buckets": buckets,
            "aging": read_aging(published, axes, buckets),
            "roll_forward": read_roll_forward(published, axes),
            "roll_rates": read_roll_rates(published, axes, buckets),
            "dimensions": read_dimensions(published, axes),
            "largest": largest,
            "tiers": read_tiers(published),
            "worklist": worklist,
            "forecast": forecast,
            "weekly_cash": read_weekly_cash(published),
            "team": read_team(published, axes),
            "compliance": compliance,
            "quality": read_quality(published),
            "customers": read_customers(published, named),
        }
        return data, {"findings": findings, **read_accounts(published, axes, named)}


def copy_static(files: Path) -> None:
    """Copy what the page loads of ours; the bytes alone, for who may read the code may not read what is published.

    Args:
        files: the folder; made here.
    """
    for file in STATIC.rglob("*"):
        if file.is_file() and file.name != INDEX:
            copy = files / file.relative_to(STATIC)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
