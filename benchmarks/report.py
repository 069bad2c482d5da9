"""Results in words and tables: one Markdown page a size, and one on growth.

Here: layout and rounding. Not here: any figure that is not in the results (growth.py fits, contests.py divides).
"""

from collections.abc import Iterable, Sequence
from typing import Any

Result = dict[str, Any]
DBT_STAGE = "Transform"
# The sizes targets speak of.
MIDDLE, LARGE = 1_000_000, 10_000_000
FIGURE_COLUMNS = ("seconds", "processor seconds", "peak memory")


def size_report(result: Result) -> str:
    """Write the page of one size."""
    parts = [
        f"# {result['invoices']:,} invoices",
        _introduction(result),
        f"![Stages and ways]({result['size']}.svg)",
        *_targets(result),
        *(section(result[part]) for part, section in SECTIONS.items() if part in result),
    ]
    return "\n\n".join(parts) + "\n"


def growth_report(grown: Result) -> str:
    """Write the page on growth."""
    rows = [
        (name, _points(figures), *(_exponents(figures, figure) for figure in ("seconds", "cpu_seconds", "peak_memory")))
        for name, figures in grown.items()
    ]
    header = ("series", "seconds by invoices", "exponent of time", "of processor time", "of peak memory")
    return (
        "\n\n".join(
            [
                "# Growth",
                "How time and memory grow with the number of invoices: k in y = a x^k, fitted over all sizes; in"
                " brackets between the two largest sizes, where the fixed part weighs least. 1 is proportional, 0 is"
                " fixed; the target is at most 1.1.",
                "![Growth](growth.svg)",
                table(header, rows),
            ]
        )
        + "\n"
    )


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Lay out a Markdown table; all columns but the first are right-aligned."""
    lines = [header, ("---", *("---:" for _ in header[1:])), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def memory(size: float | None) -> str:
    """Bytes as people say them."""
    if not size:
        return "-"
    return f"{size / 1e9:.2f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"


def _introduction(result: Result) -> str:
    business = result["business"]
    rows = sum(count for table_name, count in result["rows"].items() if table_name != "bytes")
    return (
        f"{rows:,} rows landed as {business['format'].capitalize()} ({memory(result['rows']['bytes'])}): "
        f"{result['rows']['receipts']:,} receipts, {result['rows']['applications']:,} applications, "
        f"{result['rows']['activities']:,} activities and what else belongs to {business['companies']} companies and "
        f"{business['segments']} segments from {business['first_day']} to {business['last_day']}. "
        "What each part measures stands in [README.md](../README.md). Peak memory is that of all processes together."
    )


def _targets(result: Result) -> list[str]:
    """What the project set out to keep at this size, on two cores, beside what was measured."""
    rows: list[tuple[str, str, str]] = []

    def held(target: str, measured: str, is_met: bool) -> None:
        rows.append((target, measured, "met" if is_met else "missed"))

    if result["size"] == LARGE:
        if full := result.get("refresh", {}).get("full"):
            held("full refresh under 6 minutes", f"{full['seconds']:,.0f} s", full["seconds"] < 360)
            held("full refresh under 10 GB", memory(full["peak_memory"]), full["peak_memory"] < 10e9)
        if daily := result.get("daily"):
            seconds, share = daily["days"][-1]["seconds"], daily["share_of_rebuild"]["seconds"]
            held("daily refresh under 45 s", f"{seconds:,.0f} s", seconds < 45)
            held("daily refresh under 10 % of a full one", f"{share:.0%}", share < 0.1)
    if result["size"] == MIDDLE:
        for way, times in result.get("aging", {}).get("times_faster", {}).items():
            if "month ends" in way:
                target = f"aging of every day 20 times faster than {way.replace('_', ' ')}"
                held(target, f"{times['seconds']:.1f} times", times["seconds"] >= 20)
    return ["## Targets, for two cores", table(("target", "measured", ""), rows)] if rows else []


def _machine(measured: Result) -> str:
    limit = f" (`MEMORY_LIMIT={measured['memory_limit']}`)" if measured.get("memory_limit") else ""
    return (
        f"Measured on {measured['on']} at {measured['commit']}, {measured['cores']} cores, "
        f"{memory(measured['memory'])} of memory{limit}, {measured['system']}, Python {measured['python']}, "
        f"DuckDB {measured['duckdb']}; load of the machine before it began: {measured['load_before']}."
    )


def _figures(figures: Result) -> tuple[str, str, str]:
    return f"{figures['seconds']:,.1f}", f"{figures['cpu_seconds']:,.1f}", memory(figures.get("peak_memory"))


def _refresh(part: Result) -> str:
    full, floor = part["full"], part["floor"]
    rows = [(stage["stage"], *_figures(stage)) for stage in full["stages"]]
    rows.append(("**all**", *_figures(full)))
    floor_rows = [
        ("one scan of the landed files", f"{floor['scan_seconds']:.1f}", f"{floor['rows']:,} rows"),
        ("one write of the marts' bytes", f"{floor['write_seconds']:.1f}", memory(floor["bytes"])),
        ("**all**", f"{floor['seconds']:.1f}", memory(floor["peak_memory"]) + " peak"),
    ]
    return "\n\n".join(
        [
            "## Full refresh",
            _machine(part["measured"]),
            table(("stage", *FIGURE_COLUMNS), rows),
            f"The floor, and the refresh is {part['times_the_floor']:.0f} times it:",
            table(("floor", "seconds", ""), floor_rows),
            _dbt(full),
        ]
    )


def _dbt(refresh: Result) -> str:
    """The stage in which dbt runs, taken apart; dbt's clock begins after its imports."""
    account = refresh["dbt"]
    stage = next((stage["seconds"] for stage in refresh["stages"] if stage["stage"] == DBT_STAGE), None)
    kinds = ", ".join(f"{kind['nodes']} {name}s {kind['seconds']:.1f} s" for name, kind in account["kinds"].items())
    parts = [
        ("its start and imports, and what is done before and after it", stage and stage - account["elapsed_seconds"]),
        ("parsing and planning", account["elapsed_seconds"] - account["nodes_seconds"]),
        (f"its nodes, several at once: {kinds}", account["nodes_seconds"]),
    ]
    rows = [(part, f"{seconds:.1f}") for part, seconds in parts if seconds is not None]
    slowest = [(node["node"], f"{node['seconds']:.1f}") for node in account["slowest"]]
    return "\n\n".join(
        [
            f"{DBT_STAGE}, by what dbt says of itself:",
            table(("part", "seconds"), rows),
            "Its slowest nodes:",
            table(("node", "seconds"), slowest),
        ]
    )


def _daily(part: Result) -> str:
    days = part["days"]
    is_rebuilt = "marts" in part
    rows = [(f"{day['as_of']}: {day['landed_rows']:,} rows", *_figures(day)) for day in days]
    rows.append(("rebuilt in a new home" if is_rebuilt else "the full refresh before", *_figures(part["rebuild"])))
    shares = part["share_of_rebuild"]
    share = " / ".join(f"{shares[figure]:.0%}" for figure in ("seconds", "cpu_seconds", "peak_memory"))
    rows.append((f"last day, of the {'rebuild' if is_rebuilt else 'full refresh'}", *share.split(" / ")))
    stages = {stage["stage"]: _figures(stage) for stage in days[-1]["stages"]}
    rebuilt = {stage["stage"]: stage for stage in part["rebuild"]["stages"]}
    stage_rows = [
        (name, *figures, f"{rebuilt[name]['seconds']:.1f}") for name, figures in stages.items() if name in rebuilt
    ]
    return "\n\n".join(
        [
            "## Daily refresh",
            _machine(part["measured"]),
            table(("refresh", *FIGURE_COLUMNS), rows),
            _agreement(part),
            "The last day by stage, beside the seconds of the other:",
            table(("stage", *FIGURE_COLUMNS, "all anew"), stage_rows),
            _dbt(days[-1]),
        ]
    )


def _agreement(part: Result) -> str:
    if "marts" not in part:
        return "No new home was made to compare with (`--no-rebuild`)."
    if part["marts_that_differ"]:
        return "**Marts that differ**, by rows: " + ", ".join(f"{m} {n}" for m, n in part["marts_that_differ"].items())
    return f"All {part['marts']} marts that don't tell of their home are the same to the cent in both."


def _aging(part: Result) -> str:
    rows = []
    for name, figures in part["contestants"].items():
        faster = part["times_faster"].get(name)
        ratio = f"{faster['seconds']:.1f} ({faster['cpu_seconds']:.1f})" if faster else "1"
        rows.append((name.replace("_", " "), f"{figures['days']:,}", *_precise(figures), ratio, _same(part, name)))
    return "\n\n".join(
        [
            "## Aging by company and segment",
            _machine(part["measured"]),
            table(("way", "days", *FIGURE_COLUMNS, "of Duebook's time (of processor time)", "rows that differ"), rows),
        ]
    )


def _precise(figures: Result) -> tuple[str, str, str]:
    return f"{figures['seconds']:,.2f}", f"{figures['cpu_seconds']:,.2f}", memory(figures["peak_memory"])


def _same(part: Result, name: str) -> str:
    return str(part["differing_rows"].get(name, "-"))


def _yardsticks(part: Result) -> str:
    rows = []
    for name, figures in part["contestants"].items():
        if "failed" in figures:
            rows.append((name, "failed", "", "", ""))
            continue
        split = (
            f"{figures['ledger_seconds']:.2f} + {figures['aging_seconds']:.2f}" if "ledger_seconds" in figures else ""
        )
        rows.append((name, *_precise(figures), split))
    failures = [
        f"{name} could not run the models:\n\n```\n{figures['failed']}\n```"
        for name, figures in part["contestants"].items()
        if "failed" in figures
    ]
    differing = ", ".join(f"{name} {rows_that_differ}" for name, rows_that_differ in part["differing_rows"].items())
    return "\n\n".join(
        [
            "## Outside yardsticks",
            _machine(part["measured"]),
            table(("contestant", *FIGURE_COLUMNS, "ledger + aging"), rows),
            f"Rows that differ from Duebook's: {differing}.",
            *failures,
        ]
    )


def _overhead(part: Result) -> str:
    refresh = part["nothing_new"]
    sections = [
        "## Fixed overhead: a refresh of the sample with nothing new",
        _machine(part["measured"]),
        table(
            ("stage", *FIGURE_COLUMNS),
            [*((stage["stage"], *_figures(stage)) for stage in refresh["stages"]), ("**all**", *_figures(refresh))],
        ),
        _dbt(refresh),
    ]
    for name, imports in part["imports"].items():
        packages = ", ".join(f"{package} {seconds:.2f}" for package, seconds in imports["packages"].items())
        sections.append(
            f"Imports of {name}: {imports['seconds']:.1f} s, timed by Python, which slows them; by package: {packages}."
        )
    return "\n\n".join(sections)


def _sources(part: Result) -> str:
    rows = [
        (source, step.replace("_", " "), f"{of_source['invoices']:,}", *_figures(of_source[step]))
        for source, of_source in part.items()
        if source != "measured"
        for step in ("all", "nothing_new")
    ]
    return "\n\n".join(
        [
            "## Sources: paid invoices landed by an adapter",
            _machine(part["measured"]),
            table(("source", "what", "invoices", *FIGURE_COLUMNS), rows),
        ]
    )


SECTIONS = {
    "refresh": _refresh,
    "daily": _daily,
    "aging": _aging,
    "yardsticks": _yardsticks,
    "overhead": _overhead,
    "sources": _sources,
}


def _points(figures: Result) -> str:
    points = figures.get("seconds", {}).get("points", [])
    return ", ".join(f"{invoices:,}: {seconds:,.1f}" for invoices, seconds in points)


def _exponents(figures: Result, figure: str) -> str:
    if figure not in figures:
        return "-"
    fitted = figures[figure]
    return f"{fitted['exponent']:.2f} ({fitted['exponent_of_the_last_step']:.2f})"
