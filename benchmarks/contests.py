"""The contests: several ways to the same figures, each in a process of its own, then held against each other.

Here: the contestants, the arguments of each, what is compared. Not here: how each does it.
"""

import json
import shutil
import sys
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks import agreement
from benchmarks.aging import BALANCE_HISTORY, DAYS, DUEBOOK, MONTH_ENDS, OPEN_INVOICES
from benchmarks.failures import ProgramFailedError
from benchmarks.models import DAILY_MART, LEDGER_TABLE, compile_models, dbt_files, dbt_options
from benchmarks.watched import Watched
from benchmarks.watching import watch
from benchmarks.workplace import DBT, FIRST_DAY, ROOT, Workplace, landed_of, published_of
from duebook.settings import MARTS_DATABASE, marts_file_of
from duebook.sql_text import literal

MART = f"published.marts.{DAILY_MART}"
# Invoices up to which a spine is joined at every day too: above, it takes hours or the disk.
EVERY_DAY_UP_TO = {OPEN_INVOICES: 250_000, BALANCE_HISTORY: 2_500_000}
# Lines of a failed yardstick's output that go into the results.
LINES_OF_A_REASON = 6


def aging(place: Workplace, invoices: int) -> dict[str, Any]:
    """The aging of every day by Duebook's way, against open invoices joined to a date spine, two ways.

    Args:
        place: where the benchmark works; its home is refreshed.
        invoices: how many there are.
    """
    as_of = published_day(place)
    compile_models(place, landed_of(place.home), as_of)
    entrants = [(DUEBOOK, DAYS), (OPEN_INVOICES, MONTH_ENDS), (BALANCE_HISTORY, MONTH_ENDS)]
    entrants += [(way, DAYS) for way, most in EVERY_DAY_UP_TO.items() if invoices <= most]
    contestants, differing = {}, {}
    for way, days in entrants:
        name, file = f"{way} ({words(days)})", fresh_folder(place, f"{way}_{days}") / "duebook.duckdb"
        options = {"way": way, "days": days, "home": place.home, "compiled": place.compiled, "last-day": as_of}
        options |= {"out": file, "threads": place.threads}
        contestants[name] = contest(place, "benchmarks.aging", options, f"aging_{way}_{days}")
        with agreement.connect(published=published_of(place.home), contestant=file) as connection:
            if way == DUEBOOK:
                pair = agreement.long_aging(MART), agreement.long_aging("contestant.aged")
            else:
                pair = agreement.long_aging(MART, "contestant.spine"), agreement.tall_aging("contestant.aged")
            differing[name] = agreement.differing_rows(connection, *pair)
        shutil.rmtree(file.parent)
    ours = contestants[f"{DUEBOOK} ({words(DAYS)})"]
    return {
        "contestants": contestants,
        "differing_rows": differing,
        # How often Duebook's aging of every day fits into the time of each other way.
        "times_faster": {
            name: {figure: ratio(theirs[figure], ours[figure]) for figure in ("seconds", "cpu_seconds")}
            for name, theirs in contestants.items()
            if theirs is not ours
        },
    }


def yardsticks(place: Workplace) -> dict[str, Any]:
    """The same ledger and aging in Polars, and the same models under SQLMesh, each beside Duebook's like."""
    as_of = published_day(place)
    compile_models(place, landed_of(place.home), as_of)
    contestants: dict[str, dict[str, Any]] = {}
    differing: dict[str, int] = {}

    ours = fresh_folder(place, "duebook") / "duebook.duckdb"
    shared = {"home": place.home, "compiled": place.compiled, "as-of": as_of, "threads": place.threads}
    contestants["duebook's SQL"] = contest(place, "benchmarks.duebook_ledger", shared | {"out": ours}, "duebook_sql")
    polars = fresh_folder(place, "polars")
    options = {"landing": place.landing, "as-of": as_of, "out": polars}
    contestants["polars"] = contest(place, "benchmarks.polars_ledger", options, "polars")
    marts = {MARTS_DATABASE: marts_file_of(ours)}
    with agreement.connect(published=published_of(place.home), duebook=ours, **marts) as connection:
        ledger = f"select {agreement.LEDGER_COLUMNS} from {LEDGER_TABLE}"
        theirs = f"select {agreement.LEDGER_COLUMNS} from {literal(polars / 'ledger.parquet')}"
        differing["polars: ledger"] = agreement.differing_rows(connection, ledger, theirs)
        mart = agreement.long_aging(MART)
        differing["duebook's SQL: aging"] = agreement.differing_rows(
            connection, mart, agreement.long_aging("duebook.aged")
        )
        aged = agreement.tall_aging(literal(polars / "aging.parquet"))
        differing["polars: aging"] = agreement.differing_rows(connection, mart, aged)
    shutil.rmtree(polars)
    shutil.rmtree(ours.parent)

    contestants["dbt"] = dbt(place, as_of)
    folder = fresh_folder(place, "sqlmesh")
    try:
        contestants["sqlmesh"] = contest(
            place, "benchmarks.sqlmesh_models", shared | {"first-day": FIRST_DAY, "out": folder}, "sqlmesh"
        )
        marts = {MARTS_DATABASE: folder / f"{MARTS_DATABASE}.duckdb"}
        with agreement.connect(published=published_of(place.home), **marts) as connection:
            differing["sqlmesh: aging"] = agreement.differing_rows(
                connection, mart, agreement.long_aging(f"{MARTS_DATABASE}.marts.{DAILY_MART}")
            )
    except ProgramFailedError as error:
        reason = [line for line in str(error).splitlines() if line.strip()][-LINES_OF_A_REASON - 1 : -1]
        contestants["sqlmesh"] = {"failed": without_paths("\n".join(reason), place)}
    shutil.rmtree(folder)
    return {"contestants": contestants, "differing_rows": differing}


def dbt(place: Workplace, as_of: date) -> dict[str, Any]:
    """The models SQLMesh builds, built by dbt as Duebook does, without tests, in a new warehouse."""
    folder = fresh_folder(place, "dbt")
    files = dbt_files(folder / "duebook.duckdb", landed_of(place.home))
    command = [str(DBT), "build", "--select", f"+{DAILY_MART}", "--exclude-resource-type", "test", "unit_test"]
    command += [*dbt_options(as_of), "--target-path", str(folder), "--log-path", str(folder)]
    figures = watch(command, place.environment(files), place.logs / "dbt.log", ROOT).figures()
    shutil.rmtree(folder)
    return figures


def contest(place: Workplace, module: str, options: dict[str, Any], name: str) -> dict[str, Any]:
    """Run a contestant's module; what it says of itself wins over what was seen from outside, start-up included."""
    command = [sys.executable, "-m", module, *(str(part) for k, v in options.items() for part in (f"--{k}", v))]
    no_telemetry = {"SQLMESH__DISABLE_ANONYMIZED_ANALYTICS": "true"}
    watched = watch(command, place.environment(no_telemetry), place.logs / f"{name}.log", ROOT)
    return watched.figures() | said(watched)


def said(watched: Watched) -> dict[str, Any]:
    """The JSON object a program printed last."""
    return json.loads(next(line for _, line in reversed(watched.lines) if line.startswith("{")))


def ratio(one: float, other: float) -> float | None:
    """One as a multiple of the other."""
    return round(one / other, 4) if other else None


def words(days: str) -> str:
    """What a spine holds, in words."""
    return {DAYS: "every day", MONTH_ENDS: "month ends"}[days]


def published_day(place: Workplace) -> date:
    """The day the refreshed home speaks of."""
    record = json.loads((place.home / "published" / "publication.json").read_text(encoding="utf-8"))
    return date.fromisoformat(record["as_of"])


def fresh_folder(place: Workplace, name: str) -> Path:
    """An empty folder for a contestant."""
    folder = place.contest / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def without_paths(text: str, place: Workplace) -> str:
    """A message without the machine's paths."""
    for path in (place.folder, ROOT, Path(sys.prefix), Path.home()):
        text = text.replace(str(path), "...")
    return text
