"""How time and memory grow with size: exponents over the results of all sizes.

Here: reading results and fitting. Not here: measuring, drawing (chart.py), wording (report.py).
"""

import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

FIGURES = ("seconds", "cpu_seconds", "peak_memory")


def exponent(points: Sequence[tuple[float, float]]) -> float | None:
    """Fit y = a x^k by least squares of the logarithms and return k; None for fewer than two sizes.

    Args:
        points: (size, figure) pairs, all above zero.
    """
    logs = [(math.log(size), math.log(figure)) for size, figure in points if size > 0 and figure > 0]
    if len({x for x, _ in logs}) < 2:
        return None
    mean_x = sum(x for x, _ in logs) / len(logs)
    mean_y = sum(y for _, y in logs) / len(logs)
    return sum((x - mean_x) * (y - mean_y) for x, y in logs) / sum((x - mean_x) ** 2 for x, _ in logs)


def read_results(folder: Path) -> list[dict[str, Any]]:
    """Read the results of every size, smallest first."""
    results = [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("[0-9]*.json")]
    return sorted(results, key=lambda result: result["size"])


def growth(results: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Fit every series that has at least two sizes.

    Returns:
        By series and figure: the points, the exponent over all sizes, and the one between the two largest (where the
        fixed part weighs least).
    """
    series: dict[str, dict[str, list[tuple[int, float]]]] = {}
    for result in results:
        for name, figures in _series_of(result):
            for figure in FIGURES:
                if figures.get(figure):
                    series.setdefault(name, {}).setdefault(figure, []).append((result["invoices"], figures[figure]))
    return {
        name: {
            figure: {
                "points": points,
                "exponent": _rounded(exponent(points)),
                "exponent_of_the_last_step": _rounded(exponent(points[-2:])),
            }
            for figure, points in figures.items()
            if len(points) > 1
        }
        for name, figures in series.items()
        if any(len(points) > 1 for points in figures.values())
    }


def _series_of(result: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    if refresh := result.get("refresh"):
        yield "full refresh", refresh["full"]
        for stage in refresh["full"]["stages"]:
            yield f"full refresh: {stage['stage']}", stage
        yield "floor", refresh["floor"]
    if daily := result.get("daily"):
        yield "daily refresh", daily["days"][-1]
        if "marts" in daily:
            yield "rebuild", daily["rebuild"]
    for part in ("aging", "yardsticks"):
        for name, figures in result.get(part, {}).get("contestants", {}).items():
            if "seconds" in figures:
                yield f"{part}: {name}", figures


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
