"""What sqlfluff sees where a macro of ours asks dbt for the one of its engine."""

from collections.abc import Callable, Sequence


def dispatch(name: str) -> Callable[[Sequence[str]], str]:
    """Stand in for adapter.dispatch: a function of that name."""
    return lambda columns: f"{name}({', '.join(columns)})"
