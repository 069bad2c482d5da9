"""The commands that bring a source in: land, try, adapter-check, adapter-guess, adapter.

Here: what a person may say of a source, and what is printed. Not here: how a source is read (duebook/adapters), what
its tables are called (adapters/).
"""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from cli.arguments import AsJson, print_json, takes_settings, teller
from cli.check_landing import check_landing
from cli.exit_codes import CommandError, ExitCode
from duebook.adapters.engine.definition import ADAPTERS_DIR, AdapterError, adapter_names
from duebook.adapters.engine.made import Made
from duebook.adapters.engine.state import filled_by_others
from duebook.adapters.landing import Request, land, make, work_database, write_all
from duebook.adapters.rates import (
    RATES,
    Rates,
    age_needed,
    choice_lines,
    ended_lines,
    lacking_lines,
    rate_lines,
    told_of,
)
from duebook.adapters.summary import coverage_lines, covered, landed_lines, made_lines, missing_lines, true_from_line
from duebook.contract import read_contract
from duebook.settings import PROJECT_ROOT, Settings, yesterday
from duebook.words import counted

SHIPPED = f"{', '.join(adapter_names())} or flat"
Adapter = Annotated[str, typer.Option(help=f"{SHIPPED}; or the folder of an adapter of your own.")]
SourcePlace = Annotated[
    str, typer.Option(envvar="DUEBOOK_SOURCE", help="A folder, a file, or a database's address (postgres://...).")
]
MappingFile = Annotated[str | None, typer.Option(help="Of a list (flat): the file that describes it, or a preset.")]
OptionsFile = Annotated[Path | None, typer.Option(help="What you say of the source: companies, exports, options.")]
TEMPLATE = "_template"
# Settings that a try doesn't use: whose home it would change, and who would hear of its figures.
NOT_OF_TRY = ("home", "landing", "engine", "engine_url", "spark_buckets", "postgres_url")
NOT_OF_TRY += ("alert_webhook", "alert_email", "smtp_url")


@takes_settings("landing", "home", "memory_limit")
def run_land(
    settings: Settings,
    adapter: Adapter,
    source: SourcePlace,
    mapping: MappingFile = None,
    options: OptionsFile = None,
    as_json: AsJson = False,
) -> ExitCode:
    """Reads the source, and writes what is new or changed since the last time as files of the landing."""
    if "landing" not in settings.model_fields_set:
        raise CommandError("LANDING is missing: name the folder that gets the files.", ExitCode.USAGE)
    say, contract = teller(as_json), read_contract()
    with _problems_in_words(), work_database(settings) as con:
        made, user = make(con, _request(adapter, source, mapping, options), settings, contract, say)
        for line in [*made_lines(made), *missing_lines(made)]:
            say(line)
        landed = land(made, user, settings, contract, say)
        if not landed.files:
            say(f"Nothing is new since the last time; nothing was written to {settings.landing}.")
        else:
            say(f"Landed in {settings.landing}:")
            for line in landed_lines(landed.differences):
                say(line)
            currencies, currency, rates = told_of(made, settings, contract)
            # A refresh is as of yesterday.
            ended = ended_lines(rates, settings, yesterday())
            for line in [*lacking_lines(rates), *ended, *choice_lines(currencies, settings)]:
                say(line)
            needed = {"LANDING": settings.landing, "HOME_DIR": settings.home} | {"REPORTING_CURRENCY": currency}
            needed |= {"MAX_RATE_AGE_DAYS": age_needed(rates, settings, yesterday())}
            said = " ".join(f"{name}={shlex.quote(str(value))}" for name, value in needed.items() if value is not None)
            unrated = ", ".join(one.currency for one in rates if one.gap is None or one.too_early)
            say(f"Next: {f'land rates of {unrated}, then ' if unrated else ''}make refresh {said}")
        if as_json:
            print_json({"files": landed.files, "tie_differences": made.tie and len(made.tie.differences)})
    return ExitCode.DONE


@takes_settings("landing", "home", "max_bad_share", "memory_limit")
def run_check(
    settings: Settings,
    adapter: Adapter,
    source: SourcePlace,
    mapping: MappingFile = None,
    options: OptionsFile = None,
    as_json: AsJson = False,
) -> ExitCode:
    """Does everything but the writing: says how many rows each table gets, what is left out and why, what is missing or
    can't be used, how open amounts compare with the source's own, and which KPIs are fed.
    """
    say, contract = teller(as_json), read_contract()
    with _problems_in_words(), work_database(settings) as con, tempfile.TemporaryDirectory() as folder:
        made, _ = make(con, _request(adapter, source, mapping, options), settings, contract, say)
        others = _filled_beside(made, settings)
        currencies, _, rates = told_of(made, settings, contract)
        # As of the day a refresh of these rows would be: the landing is not the sample, whose day is another.
        day = settings.as_of if "as_of" in settings.model_fields_set else yesterday()
        lines = [*_in_order(made, others, rates), *ended_lines(rates, settings, day)]
        for line in [*lines, *choice_lines(currencies, settings), *missing_lines(made)]:
            say(line)
        write_all(made, contract, Path(folder))
        apart = {"landing": Path(folder), "as_of": day}
        checked = check_landing(settings.model_copy(update=apart), say, is_whole=False)
        if as_json:
            kpis = {one.kpi: one.fed for one in covered(made, others)}
            print_json({"rows": made.extracted.rows, "problems": checked.problems, "kpis": kpis})
        differs = bool(made.tie and made.tie.differences)
    return ExitCode.FAILED if checked.problems or differs else ExitCode.DONE


@takes_settings("as_of", "reporting_currency", "max_rate_age_days", "memory_limit")
def run_try(
    settings: Settings,
    adapter: Adapter,
    source: SourcePlace,
    mapping: MappingFile = None,
    options: OptionsFile = None,
    keep: Annotated[
        Path | None, typer.Option(help="The folder of the home, instead of one among temporary files.")
    ] = None,
) -> int:
    """Lands the source and refreshes, both in a home of its own: the KPIs are printed, and where the dashboard is. That
    home stays for you to look at, unless nothing could be landed in it.
    """
    unused = [f"DUEBOOK_{name.upper()}" for name in NOT_OF_TRY if name in settings.model_fields_set]
    if unused:
        print(f"Not used: {', '.join(unused)}. A try has a home and a landing of its own, and publishes nowhere else.")
    contract = read_contract()
    with _removed_on_failure(_home_of_try(keep)) as home:
        here = settings.model_copy(update={"home": home, "landing": home / "landing"})
        with _problems_in_words(), work_database(here) as con:
            made, user = make(con, _request(adapter, source, mapping, options), here, contract, print)
            currencies, currency, rates = told_of(made, here, contract)
            lacking = lacking_lines(rates, is_try=True)
            for line in made_lines(made) if lacking else [*_in_order(made, {}, rates), *missing_lines(made)]:
                print(line, flush=True)
            if lacking:
                raise AdapterError("\n".join(lacking))
            day, staleness = _day_of_try(made, settings)
            age = age_needed(rates, here, day)
            land(made, user, here, contract, print)
    print(f"Refreshing as of {day}, in {home}.", flush=True)
    asked = ["--home", str(home), "--landing", str(here.landing), "--as-of", day.isoformat()]
    if currency:
        for line in choice_lines(currencies, here):
            print(line, flush=True)
        print(f"Figures are in {currency}.", flush=True)
        asked += ["--reporting-currency", currency]
    if staleness > settings.max_staleness_days:
        asked += ["--max-staleness-days", str(staleness)]
    if age is not None:
        print(f"An exchange rate holds for {counted(age, 'day')}.", flush=True)
        asked += ["--max-rate-age-days", str(age)]
    environment = {name: value for name, value in os.environ.items() if name not in unused}
    command = [sys.executable, "-m", "cli", "refresh", *asked]
    ended = subprocess.run(command, cwd=PROJECT_ROOT, env=environment, check=False).returncode  # noqa: S603 (duebook)
    megabytes = sum(file.stat().st_size for file in home.rglob("*") if file.is_file()) / 1e6
    if not ended:
        if line := true_from_line(made):
            print(f"\n{line}")
        print(f"\nNext: make dashboard HOME_DIR={shlex.quote(str(home))}")
    print(f"Kept: {home} ({megabytes:,.0f} MB). When you have seen it: rm -r {shlex.quote(str(home))}")
    return ended


def _home_of_try(keep: Path | None) -> Path:
    """Make the folder of a try's home, which nothing is in."""
    if keep is None:
        return Path(tempfile.mkdtemp(prefix="duebook_try_"))
    folder = keep.expanduser().resolve()
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise CommandError(f"{folder} is there already: name a folder that isn't, or an empty one.", ExitCode.USAGE)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def _removed_on_failure(folder: Path) -> Iterator[Path]:
    """Remove a folder if the block fails or is interrupted."""
    try:
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


@takes_settings("memory_limit")
def run_guess(
    settings: Settings,
    file: Annotated[str, typer.Option(help="The CSV file or workbook to look at.")],
    grain: Annotated[str | None, typer.Option(help="What a row is, if it isn't what it looks like.")] = None,
    output: Annotated[Path | None, typer.Option(help="Where to write the mapping; printed without it.")] = None,
) -> ExitCode:
    """Proposes a mapping for a list: its columns, dates and numbers. What fits in two ways is left open, for you to
    choose; nothing is landed.
    """
    # Imported here: no other command looks at files nobody described.
    from duebook.adapters.flat.guessing import guess
    from duebook.adapters.flat.proposal import before_and_after, proposal, questions
    from duebook.adapters.flat.trial import tried

    with _problems_in_words(), work_database(settings) as con:
        found = guess(file, grain)
        faults, unused = tried(con, found, settings)
    text = proposal(found)
    output = output and output.expanduser()
    if output is None:
        print(text)
    elif output.exists():
        raise CommandError(f"{output} is there already; name another file.", ExitCode.USAGE)
    else:
        output.write_text(text, encoding="utf-8")
        print(f"Proposed mapping: {output}", file=sys.stderr)
    to_do = [f"To decide: {question}" for question in questions(found)] + [f"Can't be used: {one}" for one in faults]
    for line in [*before_and_after(found), *to_do, *unused]:
        print(line, file=sys.stderr)
    return ExitCode.DONE


def run_new(
    name: Annotated[str, typer.Option(help="What the adapter is called: small letters and underscores.")],
    folder: Annotated[Path, typer.Option(help="Where its folder is made.")] = ADAPTERS_DIR,
) -> ExitCode:
    """Makes the folder of a new adapter from the template."""
    if not name.isidentifier() or name.lower() != name:
        raise CommandError(f"{name!r} is no adapter's name: use small letters, digits and underscores.", ExitCode.USAGE)
    made = folder / name
    if made.exists():
        raise CommandError(f"{made} is there already; name another one.", ExitCode.USAGE)
    shutil.copytree(ADAPTERS_DIR / TEMPLATE, made)
    for file in made.rglob("*.*"):
        file.write_text(file.read_text(encoding="utf-8").replace(TEMPLATE, name), encoding="utf-8")
    print(f"{made}: write what its tables are called in adapter.yml, then one SELECT a table of the contract.")
    return ExitCode.DONE


def _request(adapter: str, source: str, mapping: str | None, options: Path | None) -> Request:
    """What is to be landed; a shell may have left the `~` of a path as it is."""
    return Request(adapter, source, mapping, options and options.expanduser())


def _in_order(made: Made, others: Mapping[str, frozenset[str]], rates: Sequence[Rates]) -> Iterator[str]:
    """Say what a source is good for, in the order in which a person asks: its rows, the tie, the KPIs it feeds."""
    yield from made_lines(made)
    yield from rate_lines(rates)
    yield from coverage_lines(covered(made, others))


def _filled_beside(made: Made, settings: Settings) -> dict[str, frozenset[str]]:
    """By table, the columns that other sources of the home have filled, and rates that lie in the landing besides."""
    others = filled_by_others(settings, made.name)
    if "landing" in settings.model_fields_set and any(settings.landing.glob(f"*/{RATES}/*")):
        others.setdefault(RATES, frozenset({"rate"}))
    return others


@contextmanager
def _problems_in_words() -> Iterator[None]:
    """What is wrong with a source ends the command with a line for each problem."""
    try:
        yield
    except AdapterError as error:
        raise CommandError(f"{error}\nNothing was landed.") from None


def _day_of_try(made: Made, settings: Settings) -> tuple[date, int]:
    """The day that a try is as of, and how many days old its newest document may be then."""
    if "as_of" in settings.model_fields_set:
        return settings.as_of, settings.max_staleness_days
    last = day = _last_day(made)
    if made.true_from is not None:
        # A list of what is open is of its own day, however long before that its last document was.
        day = max(last, min(made.true_from.day, yesterday()))
    return day, max(settings.max_staleness_days, (day - last).days)


def _last_day(made: Made) -> date:
    """The last day on which something happened, by the rows that were made; yesterday at the latest."""
    days = [yesterday()]
    for table, column in (("invoices", "invoice_date"), ("receipts", "receipt_date"), ("applications", "applied_date")):
        if made.extracted.rows.get(table):
            last = f"select max({column}) from {made.extracted.tables[table]} where {column} <= ?"
            [(day,)] = made.extracted.con.execute(last, [yesterday()]).fetchall()
            days += [day] if day else []
    return max(days[1:], default=days[0])
