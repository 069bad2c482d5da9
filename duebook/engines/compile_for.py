"""What dbt compiles for a warehouse that nobody is connected to, and what of it the warehouse doesn't take.

Here: compiling the project for a target of the profile as if nothing was there yet, reading the result in the
warehouse's dialect, and finding what its documentation doesn't know (docs/guide/cloud.md has the pages). What is not
found runs no more for that: only a build in the warehouse shows it. Not here: anything that connects.

It runs in an environment of its own, with dbt-core, the adapter and sqlglot (the same page), and so reads no other
module: python -P -m duebook.engines.compile_for snowflake
"""

import json
import logging
import os
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlglot
from dbt.adapters.factory import FACTORY
from dbt.cli.main import dbtRunner
from sqlglot import exp
from sqlglot.errors import SqlglotError

PROJECT = Path(__file__).parents[2] / "dbt_project"
# dbt-bigquery reads credentials before it compiles; nothing is asked with them.
NO_CREDENTIALS = {"type": "authorized_user", "client_id": "none", "client_secret": "none", "refresh_token": "none"}


def _is_type(node: exp.Expression, kind: exp.DType) -> bool:
    return isinstance(node, exp.DataType) and node.this is kind


def _is_wider_than_numeric(node: exp.Expression) -> bool:
    """Whether it is a decimal of more than 9 places, or 29 digits before them."""
    if not _is_type(node, exp.DType.DECIMAL):
        return False
    precision, scale = (*(int(size.name) for size in node.expressions), 0, 0)[:2]
    return scale > 9 or precision - scale > 29


def _recursion(node: exp.Expression) -> exp.Expression | None:
    """The query of a CTE that reads itself; one with the name of the model it reads has a schema in it."""
    if isinstance(node, exp.CTE) and any(read.name == node.alias and not read.db for read in node.find_all(exp.Table)):
        return node.this
    return None


def _is_distinct(node: exp.Expression | None) -> bool:
    return isinstance(node, exp.Union) and bool(node.args["distinct"])


# What stands in the models' SQL, the warehouses whose documentation doesn't know it, and how to find it.
REFUSED: dict[str, tuple[set[str], Callable[[exp.Expression], bool]]] = {
    "the type double": ({"bigquery", "redshift"}, lambda node: _is_type(node, exp.DType.DOUBLE)),
    "the type string": ({"redshift"}, lambda node: _is_type(node, exp.DType.TEXT)),
    "a decimal wider than NUMERIC": ({"bigquery"}, _is_wider_than_numeric),
    "a named window": ({"redshift", "snowflake"}, lambda node: bool(node.args.get("windows"))),
    "union distinct": ({"redshift"}, _is_distinct),
    "union distinct in a recursion": ({"snowflake"}, lambda node: _is_distinct(_recursion(node))),
    "a window in a recursion": (
        {"databricks", "snowflake"},
        lambda node: (query := _recursion(node)) is not None and query.find(exp.Window) is not None,
    ),
    "a recursion without a list of its columns": (
        {"redshift"},
        lambda node: _recursion(node) is not None and not node.args["alias"].columns,
    ),
    "several columns in a subquery": (
        {"bigquery"},
        lambda node: isinstance(node, exp.In) and isinstance(node.this, exp.Tuple) and bool(node.args.get("query")),
    ),
    "position or split_part": ({"bigquery"}, lambda node: isinstance(node, exp.StrPosition | exp.SplitPart)),
    "within group": ({"bigquery"}, lambda node: isinstance(node, exp.WithinGroup)),
    "greatest or least, null where one of theirs is": (
        {"bigquery", "snowflake"},
        lambda node: isinstance(node, exp.Greatest | exp.Least),
    ),
}


def compile_for(target: str, folder: Path) -> dict[str, str]:
    """Compile all models and data tests, and return the SQL of each by its name.

    Args:
        target: of the profile.
        folder: where dbt writes.

    Raises:
        RuntimeError: dbt didn't compile them.
    """
    credentials = folder / "credentials.json"
    credentials.write_text(json.dumps(NO_CREDENTIALS))
    os.environ |= {"GOOGLE_APPLICATION_CREDENTIALS": str(credentials), "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
    for variable in re.findall(r"env_var\('(\w+)'\)", (PROJECT / "profiles.yml").read_text()):
        os.environ.setdefault(variable, "none")
    FACTORY.load_plugin(target)
    # The answers of an empty warehouse.
    adapter = FACTORY.get_adapter_class_by_name(target)
    adapter.get_relation = lambda *_, **__: None
    adapter.get_columns_in_relation = lambda *_, **__: []
    places = [f"--{name}={PROJECT}" for name in ("project-dir", "profiles-dir")]
    places += [f"--{name}={folder}" for name in ("target-path", "log-path")]
    done = dbtRunner().invoke(
        ["--quiet", "compile", "--no-introspect", "--no-populate-cache", f"--target={target}", *places]
    )
    if not done.success:
        raise RuntimeError(f"{target}: dbt did not compile: {done.exception}")
    return {result.node.name: result.node.compiled_code for result in done.result if result.node.compiled_code}


def unread(sql: str, dialect: str) -> str | None:
    """What sqlglot doesn't read in the dialect; None if it reads all."""
    try:
        sqlglot.parse(sql, read=dialect)
    except SqlglotError as error:
        return re.sub(r"\x1b\[\d+m", "", str(error)).splitlines()[0]
    return None


def refusals(sql: str, dialect: str) -> Iterator[str]:
    """What the warehouse's documentation doesn't know, as often as it is there."""
    # What its own dialect doesn't read, DuckDB's does.
    trees = sqlglot.parse(sql, read=dialect if unread(sql, dialect) is None else "duckdb")
    reserved = sqlglot.Dialect.get_or_raise(dialect).generator_class.RESERVED_KEYWORDS
    for node in (node for tree in trees if tree for node in tree.walk()):
        yield from (name for name, (where, is_there) in REFUSED.items() if dialect in where and is_there(node))
        if isinstance(node, exp.Identifier) and not node.args.get("quoted") and node.name in reserved:
            yield f"the reserved word {node.name}"


def report(compiled: Mapping[str, str], dialect: str) -> Iterator[str]:
    """Say line by line what was compiled, and which of it isn't read or isn't known."""
    found = defaultdict(set)
    for name, sql in compiled.items():
        if error := unread(sql, dialect):
            found[f"sqlglot: {error.split('. Line')[0]}"].add(name)
        for refused in refusals(sql, dialect):
            found[refused].add(name)
    yield f"{len(compiled)} models and data tests compiled, in {len(set().union(*found.values()))} something was found"
    for refused, names in sorted(found.items(), key=lambda entry: -len(entry[1])):
        yield f"{len(names):4} {refused}: {', '.join(sorted(names))}"


if __name__ == "__main__":
    logging.getLogger("sqlglot").setLevel(logging.ERROR)
    with TemporaryDirectory() as made:
        for line in report(compile_for(sys.argv[1], Path(made)), sys.argv[1]):
            print(line)
