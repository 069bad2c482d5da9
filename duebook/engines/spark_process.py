"""The process of a build on Spark: one session, in which dbt is called three times.

First to declare what the session has to know, then to build, then to write the rows of marts that are views, which
nobody but the session can read. It ends with dbt, since Spark's Java machine goes on as long as the process does.

Here: calling dbt. Not here: what it is called for (spark).
"""

import json
import logging
import sys
from collections.abc import Mapping
from typing import Any

from duebook.settings import DBT_PROJECT_DIR, MARTS_SCHEMA, PERSONAL_SCHEMA

FOLDERS = ["--project-dir", str(DBT_PROJECT_DIR), "--profiles-dir", str(DBT_PROJECT_DIR)]
# dbt asks for the columns of what isn't there yet, and knows what the answer means; Spark's logger calls it an error.
LOGGER = "SQLQueryContextLogger"


def main(asked: Mapping[str, Any]) -> None:
    """Build.

    Args:
        asked: `arguments` of dbt; `statements` the session is told first; `views`, where rows of views are written.

    Raises:
        SystemExit: dbt failed, and has printed why.
    """
    from dbt.cli.main import dbtRunner

    logging.getLogger(LOGGER).setLevel(logging.CRITICAL)
    parsed = dbtRunner().invoke(["--quiet", "parse", *FOLDERS])
    if not parsed.success:
        sys.exit(1)
    dbt = dbtRunner(manifest=parsed.result)
    views = [
        f"insert overwrite directory '{asked['views']}/{node.schema}/{node.name}' using parquet select * from"
        f" {node.schema}.{node.name}"
        for node in parsed.result.nodes.values()
        if node.schema in {MARTS_SCHEMA, PERSONAL_SCHEMA} and node.config.materialized == "replaced_view"
    ]
    for arguments in (told(asked["statements"]), asked["arguments"], told(views)):
        if not dbt.invoke(["--quiet", *arguments, *FOLDERS]).success:
            sys.exit(1)


def told(statements: list[str]) -> list[str]:
    """Return the arguments by which dbt runs statements."""
    return ["run-operation", "run_statements", "--args", json.dumps({"statements": statements})]


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
