"""What `duebook bench` runs: one size, measured part by part, its results written.

Here: the order of things, what is measured together, the files of results. Not here: the command's options
(cli/bench.py), how anything is measured (the modules beside).
"""

import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import psutil

from benchmarks import agreement, contests
from benchmarks.chart import draw_growth, draw_size
from benchmarks.days import Shares, land_a_day
from benchmarks.failures import BenchmarkError
from benchmarks.growth import growth, read_results
from benchmarks.landing import COMPANIES, FORMAT, SEGMENTS, begin_landing, make_landing
from benchmarks.overhead import fixed_overhead
from benchmarks.refreshing import measured_refresh
from benchmarks.report import growth_report, size_report
from benchmarks.sources import landed_sources
from benchmarks.workplace import FIRST_DAY, LAST_DAY, MEMORY_LIMIT, ROOT, Workplace, published_of

Result = dict[str, Any]


def measure_refresh(place: Workplace, result: Result) -> Result:
    """A full refresh of a new home, by stage, and the floor under it."""
    shutil.rmtree(place.home, ignore_errors=True)
    begin_landing(place)
    full = measured_refresh(place, place.home, place.landing, LAST_DAY, "full")
    options = {"landing": place.landing, "published": place.home / "published", "threads": place.threads}
    floor = contests.contest(place, "benchmarks.floor", options, "floor")
    floor["seconds"] = round(floor["scan_seconds"] + floor["write_seconds"], 3)
    return {"full": full, "floor": floor, "times_the_floor": contests.ratio(full["seconds"], floor["seconds"])}


def measure_daily(place: Workplace, result: Result) -> Result:
    """The days after, each refreshed; then a new home from everything landed, and whether both publish the same."""
    days = []
    published = contests.published_day(place)
    for number in range(1, result["days"] + 1):
        day = published + timedelta(days=number)
        landed = land_a_day(place.landing, day, Shares())
        days.append(measured_refresh(place, place.home, place.landing, day, f"day_{day}") | {"landed": landed})
        say(f"  {day}: {days[-1]['seconds']:.1f} s")
    rebuild, compared = _rebuilt(place, days[-1]) if result["rebuild"] else (result["refresh"]["full"], {})
    return {
        "days": days,
        "rebuild": rebuild,
        "share_of_rebuild": {
            figure: contests.ratio(days[-1][figure], rebuild[figure])
            for figure in ("seconds", "cpu_seconds", "peak_memory")
        },
    } | compared


def _rebuilt(place: Workplace, last_day: Result) -> tuple[Result, Result]:
    """Refresh a new home from everything landed; return its figures, and which marts are other than the home's."""
    shutil.rmtree(place.rebuilt_home, ignore_errors=True)
    as_of = date.fromisoformat(last_day["as_of"])
    rebuild = measured_refresh(place, place.rebuilt_home, place.landing, as_of, "rebuild")
    differing = agreement.differing_marts(published_of(place.home), published_of(place.rebuilt_home))
    shutil.rmtree(place.rebuilt_home)
    return rebuild, {
        "marts": len(differing),
        "marts_that_differ": {mart: rows for mart, rows in differing.items() if rows},
    }


def measure_aging(place: Workplace, result: Result) -> Result:
    """The aging of every day, each way."""
    return contests.aging(place, result["invoices"])


def measure_yardsticks(place: Workplace, result: Result) -> Result:
    """The same ledger and aging elsewhere."""
    return contests.yardsticks(place)


def measure_overhead(place: Workplace, result: Result) -> Result:
    """A refresh with nothing new."""
    return fixed_overhead(place)


def measure_sources(place: Workplace, result: Result) -> Result:
    """A list and Xero's tables landed, then once more with nothing new."""
    return landed_sources(place)


PARTS: dict[str, Callable[[Workplace, Result], Result]] = {
    "refresh": measure_refresh,
    "daily": measure_daily,
    "aging": measure_aging,
    "yardsticks": measure_yardsticks,
    "overhead": measure_overhead,
    "sources": measure_sources,
}
NEEDS_A_REFRESHED_HOME = {"daily", "aging", "yardsticks"}


def wrong_parts(parts: Sequence[str], place: Workplace, *, rebuild: bool) -> str | None:
    """Say why some parts can't be measured like this; None where they can."""
    if unknown := set(parts) - set(PARTS):
        return f"--parts names {', '.join(sorted(unknown))}: expected some of {', '.join(PARTS)}"
    if "refresh" not in parts and NEEDS_A_REFRESHED_HOME.intersection(parts) and not published_of(place.home).exists():
        return f"--parts leaves out refresh, but {place.home} was never refreshed: begin with refresh"
    if not rebuild and "daily" in parts and "refresh" not in parts:
        return "--no-rebuild holds the days against the full refresh of the same run: begin with refresh"
    return None


def measure(parts: Sequence[str], place: Workplace, results: Path, *, days: int, rebuild: bool) -> bool:
    """Measure and report.

    Args:
        parts: which parts; `wrong_parts` has nothing against them.
        place: the size, and where to work.
        results: the folder of results.
        days: daily refreshes after the full one.
        rebuild: hold the last day against a new home.

    Returns:
        Whether nothing failed and no contestants disagree (the results say which).
    """
    file = results / f"{place.size}.json"
    result = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    say(f"making the landing of {place.size:,} invoices")
    rows = make_landing(place)
    result |= {
        "size": place.size,
        "invoices": rows["invoices"],
        "rows": rows,
        "business": {
            "first_day": FIRST_DAY.isoformat(),
            "last_day": LAST_DAY.isoformat(),
            "companies": COMPANIES,
            "segments": SEGMENTS,
            "format": FORMAT,
        },
        "days": days,
        "rebuild": rebuild,
    }
    failed = False
    for part in parts:
        say(f"{part}: {(PARTS[part].__doc__ or '').splitlines()[0]}")
        began, load = time.monotonic(), os.getloadavg()[0]
        try:
            measured = PARTS[part](place, result)
        except BenchmarkError as error:
            say(f"{part} failed: {error}")
            failed = True
            continue
        result[part] = measured | {"measured": facts(place) | {"load_before": round(load, 2)}}
        failed = failed or bool(disagreements(measured))
        results.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
        say(f"  took {time.monotonic() - began:.0f} s")
    write_reports(results, place.size)
    say(f"results: {file.with_suffix('.md')}")
    return not failed


def disagreements(measured: Result) -> dict[str, int]:
    """What a part found to differ."""
    return measured.get("marts_that_differ", {}) | {
        name: rows for name, rows in measured.get("differing_rows", {}).items() if rows
    }


def write_reports(results: Path, size: int) -> None:
    """Write the report and chart of one size, and of the growth over all of them."""
    file = results / f"{size}.json"
    if not file.exists():
        return
    result = json.loads(file.read_text(encoding="utf-8"))
    draw_size(result, results / f"{size}.svg")
    file.with_suffix(".md").write_text(size_report(result), encoding="utf-8")
    if grown := growth(read_results(results)):
        (results / "growth.json").write_text(json.dumps(grown, indent=2) + "\n", encoding="utf-8")
        draw_growth(grown, results / "growth.svg")
        (results / "growth.md").write_text(growth_report(grown), encoding="utf-8")


def facts(place: Workplace) -> dict[str, Any]:
    """What was measured, when, on what machine; nothing that names the machine."""
    described = ["git", "describe", "--always", "--dirty"]
    commit = subprocess.run(described, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 (git)
    return {
        "on": f"{datetime.now(UTC):%Y-%m-%d}",
        "commit": commit.stdout.strip() or None,
        "cores": os.cpu_count(),
        "threads": place.threads,
        "memory": psutil.virtual_memory().total,
        "memory_limit": os.environ.get(MEMORY_LIMIT),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "duckdb": duckdb.__version__,
    }


def say(line: str) -> None:
    """Tell a person how it goes."""
    print(line, file=sys.stderr, flush=True)
