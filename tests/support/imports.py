"""What Python modules import: which room may import which, and what a file does import.

Not here: the rules held against it (tests/architecture).
"""

import ast
from collections.abc import Iterable
from pathlib import Path

from duebook.settings import PROJECT_ROOT

# What each room may import of the others.
MAY_IMPORT = {
    "duebook": set(),
    "expectations": {"duebook"},
    "explain": {"duebook"},
    "statements": {"duebook"},
    "dashboard": {"duebook"},
    "supply_chain": {"duebook"},
    "catalogue": {"duebook", "supply_chain"},
    "sample": {"duebook"},
    "orchestration": {"duebook", "expectations", "dashboard"},
    "benchmarks": {"duebook"},
    "cli": {
        "duebook",
        "expectations",
        "explain",
        "statements",
        "dashboard",
        "catalogue",
        "orchestration",
        "benchmarks",
        "supply_chain",
    },
}


def imported(path: Path) -> set[str]:
    """Every module a file imports, at its top or in a function."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def modules_of(tracked_files: Iterable[Path], room: str) -> list[Path]:
    return [path for path in tracked_files if path.suffix == ".py" and path.is_relative_to(PROJECT_ROOT / room)]
