"""Results as charts: where the seconds go at one size, and growth over the sizes.

Here: drawing. Not here: which figures there are (command.py, growth.py).
"""

from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot
from matplotlib.axes import Axes

# The same results give the same file.
matplotlib.rcParams["svg.hashsalt"] = "duebook"
# Letters as letters: a tenth of the size.
matplotlib.rcParams["svg.fonttype"] = "none"
SAME_FILE = {"Date": None}
ROOM_FOR_LABELS = 1.15
GROWN = ("full refresh", "daily refresh", "rebuild", "floor")


def draw_size(result: dict[str, Any], file: Path) -> None:
    """Draw one size: refreshes as bars of their stages; contestants by their seconds."""
    contestants = {
        f"{part}: {name.replace('_', ' ')}": figures["seconds"]
        for part in ("aging", "yardsticks")
        for name, figures in result.get(part, {}).get("contestants", {}).items()
        if "seconds" in figures
    }
    figure, (stages, ways) = pyplot.subplots(2, 1, figsize=(9, 8), height_ratios=(1, 1), layout="constrained")
    _draw_stages(stages, _refreshes(result))
    ways.barh(list(contestants), list(contestants.values()), color="tab:blue")
    for place, seconds in enumerate(contestants.values()):
        ways.annotate(f" {seconds:,.2f} s", (seconds, place), va="center")
    ways.invert_yaxis()
    ways.set(title="Ways to the same figures", xlabel="seconds", xscale="log")
    ways.set_xlim(right=ROOM_FOR_LABELS**2 * max(contestants.values(), default=1))
    figure.suptitle(f"{result['invoices']:,} invoices")
    figure.savefig(file, metadata=SAME_FILE)
    pyplot.close(figure)


def _refreshes(result: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    refreshes = {}
    if full := result.get("refresh"):
        refreshes["full refresh"] = full["full"]["stages"]
        floor = full["floor"]
        refreshes["floor"] = [
            {"stage": "scan", "seconds": floor["scan_seconds"]},
            {"stage": "write", "seconds": floor["write_seconds"]},
        ]
    if daily := result.get("daily"):
        refreshes["daily refresh"] = daily["days"][-1]["stages"]
        if "marts" in daily:
            refreshes["rebuild"] = daily["rebuild"]["stages"]
    if overhead := result.get("overhead"):
        refreshes["sample, nothing new"] = overhead["nothing_new"]["stages"]
    return refreshes


def _draw_stages(axes: Axes, refreshes: dict[str, list[dict[str, Any]]]) -> None:
    stages = list(dict.fromkeys(part["stage"] for parts in refreshes.values() for part in parts))
    begins = dict.fromkeys(refreshes, 0.0)
    for stage in stages:
        seconds = {
            name: sum(part["seconds"] for part in parts if part["stage"] == stage) for name, parts in refreshes.items()
        }
        axes.barh(list(refreshes), list(seconds.values()), left=list(begins.values()), label=stage)
        begins = {name: begins[name] + seconds[name] for name in refreshes}
    for place, end in enumerate(begins.values()):
        axes.annotate(f" {end:,.1f} s", (end, place), va="center")
    axes.set_xlim(right=ROOM_FOR_LABELS * max(begins.values(), default=1))
    axes.invert_yaxis()
    axes.set(title="Refreshes by stage", xlabel="seconds")
    axes.legend(ncols=5, fontsize="small", loc="lower center", bbox_to_anchor=(0.5, 1.08))


def draw_growth(grown: dict[str, Any], file: Path) -> None:
    """Draw time and memory over size on logarithmic axes."""
    figure, axes = pyplot.subplots(1, 2, figsize=(11, 5), layout="constrained")
    for panel, (name, unit, scale) in zip(
        axes, (("seconds", "seconds", 1), ("peak_memory", "peak memory, GB", 1e9)), strict=True
    ):
        for series in GROWN:
            if fitted := grown.get(series, {}).get(name):
                sizes, values = zip(*fitted["points"], strict=True)
                label = f"{series} (exponent {fitted['exponent']:.2f})"
                panel.loglog(sizes, [value / scale for value in values], marker="o", label=label)
        panel.set(xlabel="invoices", ylabel=unit)
        panel.legend()
    figure.savefig(file, metadata=SAME_FILE)
    pyplot.close(figure)
