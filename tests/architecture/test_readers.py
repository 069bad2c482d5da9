"""Readers of a publication read its columns, and compute no business figure: a measure is said once, in dbt.

What these rules see, in the rooms below: in the text of a query, conditions (`case`), arithmetic and dates that are
computed; in Python, functions that multiply, divide or subtract; in the pages' scripts,
divisions and sums. What is there today for a reason is listed by name; the lists only shrink, or gain a reason.

What they can't see: a rule said by a condition alone (`where`, `if`), by comparing, by adding in Python, by
multiplying or subtracting in a script; a query put together from parts. Whoever reviews a change looks for those.
"""

import ast
import re
from pathlib import Path

import pytest

from duebook.settings import PROJECT_ROOT
from tests.support.imports import modules_of

ROOMS = ("explain", "statements", "dashboard", "catalogue")
QUERY = re.compile(r"\bselect\b[\s\S]*\bfrom\b")
RULES_IN_SQL = {
    "a condition": re.compile(r"\bcase\b|\bif\("),
    "arithmetic": re.compile(r"(?<!select)(?<=[\w)\]}]) [-+*/] [\w({$]"),
    "a date": re.compile(r"\binterval\b|\bdate_(trunc|add|diff|part|sub)\b|\bdatediff\b|\bcurrent_date\b|\blast_day\b"),
}
COMPUTES = ast.Mult | ast.Div | ast.FloorDiv | ast.Sub | ast.Pow
# By function: what it computes, and why that is no business figure.
COMPUTED = {
    "explain/parts.py:read_parts": "dim_kpis says of all KPIs: value = scale x numerator / denominator",
    "explain/parts.py:contribution": "the same",
    "explain/invoices.py:read_open_items": "the same",
    "explain/answer.py:_adds_up": "checks what is published",
    "explain/invoice_answer.py:_steps": "the difference of two figures that stand beside it",
    "explain/invoice_question.py:find_invoice": "counts the invoices it does not name",
    "explain/question.py:month_before": "which month is the one before",
    "explain/terminal.py:in_unit": "a fraction in percent",
    "explain/terminal.py:new_table": "which columns are numbers",
    "explain/terminal.py:_customer_numbers": "the difference of two figures that stand beside it",
    "statements/answer.py:days_after": "how late a due date is; tests hold the ages against the marts'",
    **dict.fromkeys([f"statements/files.py:{name}" for name in ("write_one", "write_all")], "joins paths"),
    "statements/names.py:personal_texts": "joins a path",
    "dashboard/axes.py:group_of": "numbers the groups",
    "dashboard/axes.py:groups": "counts the groups",
    "dashboard/kpi_moves.py:__init__": "counts the months between two",
    **dict.fromkeys(
        ("dashboard/kpi_moves.py:_move", "dashboard/kpi_moves.py:of"), "the difference of two published figures"
    ),
    "dashboard/refresh_page.py:_bars": "a place on the screen",
    **dict.fromkeys(("dashboard/units.py:change", "dashboard/units.py:value"), "a fraction in percent"),
    **dict.fromkeys(
        ("dashboard/site.py:copy_static", "dashboard/site.py:write_site", "dashboard/site.py:write_report"),
        "joins paths",
    ),
    **dict.fromkeys(
        [f"catalogue/writing.py:{name}" for name in ("project_pages", "write", "write_dbt_docs")], "joins paths"
    ),
}
IN_SQL = {
    # A column's name: an aging bucket has a `last_day`.
    "statements/answer.py": {"a date"},
    # The order: what moved most comes first.
    "explain/restatements.py": {"arithmetic"},
}
# How many divisions and sums a script has.
IN_SCRIPTS = {
    "charts.js": 3,  # places on the screen
    "parts.js": 2,  # places on the screen
    "format.js": 2,  # thousands and millions
    "attention.js": 2,  # the order of findings; a total of the checks listed
    "compliance.js": 1,  # the total of the months shown
    "customers.js": 2,  # totals of the tiers shown
    "forecast.js": 1,  # the total of the groups shown
    "overview.js": 3,  # the total of the groups shown, and each one's part of it
    "quality.js": 1,  # totals of the checks listed
    "receivables.js": 1,  # the total of steps too small to draw
}


def queries_of(path: Path) -> list[str]:
    """The texts of a module that are parts of a query; descriptions are none."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    described = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in described
        and QUERY.search(node.value)
    ]


def rules_in_sql(query: str) -> set[str]:
    plain = re.sub(r"'[^']*'", "''", query)
    return {name for name, pattern in RULES_IN_SQL.items() if pattern.search(plain)}


def computing(source: str) -> set[str]:
    """The names of the functions that multiply, divide or subtract; `module` for what is outside of them."""
    found = set()

    def visit(node: ast.AST, function: str) -> None:
        inside = node.name if isinstance(node, ast.FunctionDef) else function
        computes = isinstance(node, ast.BinOp) and isinstance(node.op, COMPUTES)
        if computes and not any(isinstance(side, ast.List) or _is_text(side) for side in (node.left, node.right)):
            found.add(inside)
        for child in ast.iter_child_nodes(node):
            visit(child, inside)

    visit(ast.parse(source), "module")
    return found


def _is_text(node: ast.expr) -> bool:
    """Whether it is a text: a path is joined with it, or it is repeated."""
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def divisions_and_sums(script: str) -> int:
    plain = re.sub(r"/\*[\s\S]*?\*/|//.*", "", script)
    return len(re.findall(r"[\w)\]] / [\w(]|\.reduce\(", plain))


def test_queries_of_readers_compute_nothing(tracked_files: list[Path]) -> None:
    found = {
        path.relative_to(PROJECT_ROOT).as_posix(): rules
        for room in ROOMS
        for path in modules_of(tracked_files, room)
        if (rules := set().union(*map(rules_in_sql, queries_of(path))))
    }
    assert found == IN_SQL


def test_functions_of_readers_compute_nothing_but_what_is_listed(tracked_files: list[Path]) -> None:
    found = {
        f"{path.relative_to(PROJECT_ROOT).as_posix()}:{function}"
        for room in ROOMS
        for path in modules_of(tracked_files, room)
        for function in computing(path.read_text(encoding="utf-8"))
    }
    assert found == set(COMPUTED)


def test_scripts_of_the_dashboard_divide_and_add_no_more_than_they_did(tracked_files: list[Path]) -> None:
    scripts = [
        path for path in tracked_files if path.suffix == ".js" and path.is_relative_to(PROJECT_ROOT / "dashboard")
    ]
    found = {path.name: number for path in scripts if (number := divisions_and_sums(path.read_text(encoding="utf-8")))}
    assert found == IN_SCRIPTS


@pytest.mark.parametrize(
    ("query", "rules"),
    [
        ("select case when accepted then 'a' end from {marts}.checks", {"a condition"}),
        ("select if(balance = 0, 0, 1) from {marts}.items", {"a condition"}),
        ("select balance * rate from {marts}.items", {"arithmetic"}),
        ("select {directions} * invoiced from {marts}.months", {"arithmetic"}),
        ("select open - past_due from {marts}.months", {"arithmetic"}),
        ("select 1 from {marts}.items where due_date < month_end - interval 3 month", {"arithmetic", "a date"}),
        ("select 1 from {marts}.items where date_trunc('month', due_date) = $1", {"a date"}),
    ],
)
def test_a_rule_in_a_query_is_found(query: str, rules: set[str]) -> None:
    assert rules_in_sql(query) == rules


@pytest.mark.parametrize(
    "query",
    [
        "select * from {marts}.dim_kpis order by kpi_id",
        "select count(*), sum(past_due_receivables) from {marts}.collections_worklist where segment = 'a - b'",
        "select ({numerator})::double from {marts}.{mart} where month_end = $month_end",
    ],
)
def test_a_query_that_reads_columns_passes(query: str) -> None:
    assert rules_in_sql(query) == set()


def test_functions_that_compute_are_found_and_those_that_join_texts_are_not() -> None:
    assert computing("def share(a, b):\n    return a / b\n\ndef both(a, b):\n    return a + b") == {"share"}
    assert computing("RATE = 1 - 2") == {"module"}
    assert computing("def empty(n, folder):\n    return [None] * n, folder / 'a'") == set()


def test_divisions_and_sums_of_a_script_are_found_and_its_comments_and_patterns_are_not() -> None:
    assert divisions_and_sums("/* a / b */ const share = late / total; // c / d") == 1
    assert divisions_and_sums("rows.reduce((sum, row) => sum + row, 0); text.match(/^([^\\u00a0]*)(.*)$/)") == 1
